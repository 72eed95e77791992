// Importing the invoices and customers that a shop already has.
#include <filesystem>
#include <fstream>

#include "cli/commands.h"
#include "cli/import.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/session.h"

namespace daftar::cli {
namespace {

using Shop = v1::ShopService::Stub;
using decision::LedgerMapping;
using decision::MappingKind;

absl::Status CannotOpen(const std::string& file, const char* what) {
  const std::string why = std::error_code(errno, std::generic_category()).message();
  const std::string message = std::string("cannot read the ") + what + " " + file + ": " + why;
  if (errno == EACCES) return absl::PermissionDeniedError(message);
  return absl::NotFoundError(message);
}

absl::StatusOr<std::string> ReadMapping(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::error_code error;
  if (!stream || std::filesystem::is_directory(file, error)) return CannotOpen(file, "mapping");
  std::string text(decision::kMaxMappingBytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(stream.gcount()));
  return text;
}

// A file, or standard input for "-".
class Source {
 public:
  static absl::StatusOr<std::unique_ptr<Source>> Open(const std::string& file, Console& console) {
    auto source = std::unique_ptr<Source>(new Source(console.in));
    if (file == "-") return source;
    std::error_code error;
    errno = 0;
    source->file_.open(file, std::ios::binary);
    if (!source->file_) return CannotOpen(file, "file");
    if (std::filesystem::is_directory(file, error)) {
      return absl::InvalidArgumentError(file + " is a folder; give the CSV file in it");
    }
    const auto size = std::filesystem::file_size(file, error);
    source->size_ = error ? 0 : size;
    source->is_file_ = true;
    return source;
  }
  std::istream& stream() { return is_file_ ? file_ : in_; }
  uint64_t size() const { return size_; }  // 0: not known
  uint64_t position() {
    if (size_ == 0) return 0;
    const auto at = file_.tellg();
    return at < 0 ? size_ : static_cast<uint64_t>(at);
  }
  // Back to the beginning; FailedPrecondition for standard input.
  absl::Status Rewind() {
    if (!is_file_) {
      return absl::FailedPreconditionError("standard input can be read only once");
    }
    file_.clear();
    file_.seekg(0);
    return absl::OkStatus();
  }

 private:
  explicit Source(std::istream& in) : in_(in) {}
  std::istream& in_;
  std::ifstream file_;
  bool is_file_ = false;
  uint64_t size_ = 0;
};

absl::StatusOr<int> Finish(Session& session, const std::string& file,
                           absl::StatusOr<ImportResult> result) {
  if (!result.ok()) return result.status();
  result->file = file;
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, ToJson(*result));
  } else {
    Print(console.out, *result);
  }
  if (!result->complete) {
    return absl::CancelledError("stopped after line " + std::to_string(result->last_line) +
                                ": everything up to it is in; running the import again completes "
                                "it");
  }
  return result->refused == 0 ? kExitOk : kExitData;
}

// Everything around the two kinds of rows: the bar, Ctrl-C, and how it ends.
template <class Import>
absl::StatusOr<int> Run(Session& session, const std::string& file, Source& source,
                        const Import& import) {
  Console& console = session.console();
  const InterruptScope interrupts;
  absl::StatusOr<ImportResult> result = absl::InternalError("not run");
  {
    Progress progress(console.err, file == "-" ? "importing" : file,
                      console.err_is_terminal && !console.json);
    ImportHooks hooks;
    hooks.file = file == "-" ? "standard input" : file;
    hooks.stopped = [] { return InterruptScope::Interrupted(); };
    hooks.progress = [&](uint64_t line) {
      progress.Update(source.position(), source.size(), line);
    };
    result = import(hooks);
  }
  return Finish(session, file, std::move(result));
}

// The region for a customer file without a mapping: needed only when it has a phone column.
absl::StatusOr<identity::Region> RegionOfHeader(Source& source, const std::string& region,
                                                std::optional<identity::Region> home) {
  if (!region.empty()) {
    auto chosen = identity::RegionFromCode(region);
    if (!chosen.ok()) return absl::InvalidArgumentError("--region: " + MessageOf(chosen.status()));
    return *chosen;
  }
  if (home.has_value()) return *home;
  constexpr auto kUnused = identity::Region::kIndonesia;
  if (source.size() > 0) {
    decision::CsvReader reader(source.stream());
    if (reader.Next() == decision::CsvReader::Result::kRecord) {
      const auto mapping = LedgerMapping::ForCustomerHeader(reader.fields(), kUnused);
      bool has_phone = false;
      if (mapping.ok()) {
        for (const auto& entry : mapping->identifiers) {
          has_phone = has_phone || entry.first == identity::IdentifierType::kPhone;
        }
      }
      if (auto status = source.Rewind(); !status.ok()) return status;
      if (!has_phone) return kUnused;
    } else if (auto status = source.Rewind(); !status.ok()) {
      return status;
    } else {
      return kUnused;  // the import says what is wrong with the first line
    }
  }
  return absl::InvalidArgumentError(
      "the file may have phone numbers: say how those without + are to be read with --region, like "
      "--region ID");
}

}  // namespace

absl::StatusOr<int> RunLedgerImport(Session& session, const ImportOptions& options) {
  auto toml = ReadMapping(options.map);
  if (!toml.ok()) return toml.status();
  auto mapping = ParseMapping(options.map, *toml, MappingKind::kOrders, options.region,
                              RegionOfNode(session.options().dir));
  if (!mapping.ok()) return mapping.status();
  auto source = Source::Open(options.file, session.console());
  if (!source.ok()) return source.status();
  auto client = session.client();
  if (!client.ok()) return client.status();
  return Run(session, options.file, **source, [&](const ImportHooks& hooks) {
    const SendOrders send = [&](v1::ImportOrdersRequest request) {
      return (*client)->Write(&Shop::ImportOrders, std::move(request));
    };
    return ImportOrders((*source)->stream(), *mapping, send, hooks);
  });
}

absl::StatusOr<int> RunCustomerImport(Session& session, const ImportOptions& options) {
  auto source = Source::Open(options.file, session.console());
  if (!source.ok()) return source.status();
  std::optional<LedgerMapping> mapping;
  identity::Region home = identity::Region::kIndonesia;
  if (options.map.empty()) {
    auto region = RegionOfHeader(**source, options.region, RegionOfNode(session.options().dir));
    if (!region.ok()) return region.status();
    home = *region;
  } else {
    auto toml = ReadMapping(options.map);
    if (!toml.ok()) return toml.status();
    auto parsed = ParseMapping(options.map, *toml, MappingKind::kCustomers, options.region,
                               RegionOfNode(session.options().dir));
    if (!parsed.ok()) return parsed.status();
    mapping = *std::move(parsed);
  }
  auto client = session.client();
  if (!client.ok()) return client.status();
  return Run(session, options.file, **source, [&](const ImportHooks& hooks) {
    const SendCustomers send = [&](v1::ImportCustomersRequest request) {
      return (*client)->Write(&Shop::ImportCustomers, std::move(request));
    };
    return ImportCustomers((*source)->stream(), mapping, home, send, hooks);
  });
}

}  // namespace daftar::cli
