#include "cli/import.h"

#include <algorithm>
#include <utility>

#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/node_config.h"

namespace daftar::cli {
namespace {

void Fill(const evidence::Money& money, v1::Money& out) {
  out.set_minor(money.minor);
  out.set_currency(money.currency.code());
}

void Fill(const decision::OrderRow& row, v1::OrderRow& out) {
  out.set_line(row.line);
  for (const auto& identifier : row.identifiers) *out.add_identifiers() = ToProto(identifier);
  out.set_name(row.name);
  out.set_invoice(row.invoice);
  out.set_invoiced(row.invoiced.ToString());
  out.set_due(row.due.ToString());
  out.set_paid(row.paid.ToString());
  Fill(row.amount, *out.mutable_amount());
  out.set_disputed(row.disputed);
}

void Fill(const decision::CustomerRow& row, v1::CustomerRow& out) {
  out.set_line(row.line);
  for (const auto& identifier : row.identifiers) *out.add_identifiers() = ToProto(identifier);
  out.set_name(row.name);
}

// Collects rows, sends full batches, adds up the answers.
template <class Request, class Send>
class Batches {
 public:
  Batches(const Send& send, const ImportHooks& hooks) : send_(send), hooks_(hooks) {}

  // False: stop reading, because of an error or because the user asked.
  template <class Row>
  bool Add(const Row& row) {
    ++result_.read;
    Fill(row, *batch_.add_rows());
    seen_line_ = row.line;
    if (batch_.rows_size() >= kMaxBatchRows && !Flush()) return false;
    return GoOn();
  }
  bool Refuse(uint64_t line, std::string why) {
    ++result_.read;
    seen_line_ = line;
    Keep(line, std::move(why));
    return GoOn();
  }

  // What the read came to. An interrupted one still sends what it has: nothing read is lost.
  absl::StatusOr<ImportResult> Finish(const absl::Status& read) {
    if (!status_.ok()) return WithLine(status_);
    if (!read.ok() && !stopped_) {
      return absl::Status(read.code(), hooks_.file + ": " + MessageOf(read));
    }
    if (!Flush()) return WithLine(status_);
    result_.complete = !stopped_;
    std::sort(result_.refusals.begin(), result_.refusals.end(),
              [](const RefusedLine& a, const RefusedLine& b) { return a.line < b.line; });
    return std::move(result_);
  }

 private:
  bool GoOn() {
    stopped_ = stopped_ || (hooks_.stopped && hooks_.stopped());
    return !stopped_;
  }
  void Keep(uint64_t line, std::string why) {
    ++result_.refused;
    if (result_.refusals.size() < kMaxRefusedKept)
      result_.refusals.push_back({line, std::move(why)});
  }
  bool Flush() {
    if (batch_.rows_size() > 0) {
      auto response = send_(std::exchange(batch_, Request()));
      if (!response.ok()) {
        status_ = response.status();
        return false;
      }
      result_.added += response->added();
      result_.updated += response->updated();
      result_.unchanged += response->unchanged();
      result_.names_kept += response->names_kept();
      for (const auto& refusal : response->refused()) Keep(refusal.line(), refusal.why());
    }
    result_.last_line = seen_line_;
    if (hooks_.progress) hooks_.progress(seen_line_);
    return true;
  }
  absl::Status WithLine(const absl::Status& status) const {
    const std::string where = result_.last_line == 0
                                  ? "nothing was imported"
                                  : "everything up to line " + std::to_string(result_.last_line) +
                                        " is in; running the import again completes it";
    return absl::Status(status.code(), MessageOf(status) + " (" + where + ")");
  }

  const Send& send_;
  const ImportHooks& hooks_;
  Request batch_;
  ImportResult result_;
  uint64_t seen_line_ = 0;
  bool stopped_ = false;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<ImportResult> ImportOrders(std::istream& csv, decision::LedgerMapping mapping,
                                          const SendOrders& send, const ImportHooks& hooks) {
  Batches<v1::ImportOrdersRequest, SendOrders> batches(send, hooks);
  decision::OrderSink sink;
  sink.row = [&](const decision::OrderRow& row) { return batches.Add(row); };
  sink.refused = [&](decision::LedgerRefusal refusal) {
    return batches.Refuse(refusal.line, std::move(refusal.reason));
  };
  return batches.Finish(decision::ReadOrders(csv, std::move(mapping), sink));
}

absl::StatusOr<ImportResult> ImportCustomers(std::istream& csv,
                                             std::optional<decision::LedgerMapping> mapping,
                                             identity::Region home, const SendCustomers& send,
                                             const ImportHooks& hooks) {
  Batches<v1::ImportCustomersRequest, SendCustomers> batches(send, hooks);
  decision::CustomerSink sink;
  sink.row = [&](const decision::CustomerRow& row) { return batches.Add(row); };
  sink.refused = [&](decision::LedgerRefusal refusal) {
    return batches.Refuse(refusal.line, std::move(refusal.reason));
  };
  return batches.Finish(decision::ReadCustomers(csv, std::move(mapping), home, sink));
}

absl::StatusOr<decision::LedgerMapping> ParseMapping(const std::string& file,
                                                     const std::string& toml,
                                                     decision::MappingKind kind,
                                                     const std::string& region,
                                                     std::optional<identity::Region> home) {
  using decision::LedgerMapping;
  auto mapping = LedgerMapping::Parse(toml, kind, home.value_or(identity::Region::kIndonesia));
  if (!mapping.ok()) {
    return absl::Status(mapping.status().code(), file + ": " + MessageOf(mapping.status()));
  }
  if (!region.empty()) {
    auto chosen = identity::RegionFromCode(region);
    if (!chosen.ok()) return absl::InvalidArgumentError("--region: " + MessageOf(chosen.status()));
    mapping->region = *chosen;
    return mapping;
  }
  if (home.has_value()) return mapping;
  // A mapping that says its region is read the same whatever the home is.
  const auto other = LedgerMapping::Parse(toml, kind, identity::Region::kMalaysia);
  const bool says_region = other.ok() && other->region == mapping->region;
  const bool has_phone = std::any_of(
      mapping->identifiers.begin(), mapping->identifiers.end(),
      [](const auto& entry) { return entry.first == identity::IdentifierType::kPhone; });
  if (has_phone && !says_region) {
    return absl::InvalidArgumentError(
        file +
        ": the mapping names a phone column but no region; put region = \"ID\" at its top, or give "
        "--region ID");
  }
  return mapping;
}

std::optional<identity::Region> RegionOfNode(const std::string& dir) {
  constexpr size_t kMaxRegionBytes = 16;
  const auto document = ReadNodeConfig(dir);
  if (!document.ok()) return std::nullopt;
  const auto code = (*document)->Root().Text("region", kMaxRegionBytes);
  if (!code.has_value()) return std::nullopt;
  const auto region = identity::RegionFromCode(*code);
  if (!region.ok()) return std::nullopt;
  return *region;
}

}  // namespace daftar::cli
