#include "node/evidence/toml_reader.h"

#include <toml++/toml.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace daftar::evidence {
namespace {

// Texts of the file that stand in an error are cut to this many bytes.
constexpr size_t kMaxQuotedBytes = 60;
constexpr size_t kMaxDescriptionBytes = 300;  // of the parser's own words

std::string Printable(std::string_view text, size_t max_bytes = kMaxQuotedBytes) {
  std::string result;
  for (const char c : text.substr(0, max_bytes)) result += c >= 0x20 && c < 0x7f ? c : '?';
  return result;
}

TomlFault FaultAt(const toml::source_region& source, std::string message) {
  return {source.begin.line, source.begin.column, std::move(message)};
}

absl::Status StatusOf(const std::string& what, const TomlFault& fault) {
  std::string place = what;
  if (fault.line > 0) {
    place += " line " + std::to_string(fault.line) + ", column " + std::to_string(fault.column);
  }
  return absl::InvalidArgumentError(place + ": " + fault.message);
}

// What stands in the file instead of a whole number, short.
std::string Shown(const toml::node& node) {
  if (const auto* text = node.as_string()) return "\"" + Printable(text->get()) + "\"";
  if (const auto* integer = node.as_integer()) return std::to_string(integer->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  if (node.is_floating_point()) return "a number with a decimal point";
  if (node.is_array()) return "a list";
  return node.is_table() ? "a table" : "a date or a time";
}

const toml::table& Table(const void* table) { return *static_cast<const toml::table*>(table); }

bool IsCleanText(std::string_view text, bool lines) {
  return std::ranges::all_of(text, [lines](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || (lines && c == '\n');
  });
}

std::string Bounds(size_t max_bytes) {
  return "must be a text of 1 to " + std::to_string(max_bytes) +
         " bytes without control characters";
}

}  // namespace

struct TomlDocument::State {
  std::string what;
  toml::table root;
  std::vector<TomlFault> faults;  // as the readers found them
  // What has been asked for, by table; the order is that of the file when Finish looks.
  std::map<const toml::table*, std::set<std::string, std::less<>>> asked;

  void Fail(const toml::source_region& source, const std::string& message) {
    faults.push_back(FaultAt(source, message));
  }
  std::vector<TomlFault> UnknownKeys() const;
  const toml::node* Find(const void* table, std::string_view key) {
    asked[&Table(table)].insert(std::string(key));
    return Table(table).get(key);
  }
};

bool TomlSection::Has(std::string_view key) const { return Table(table_).get(key) != nullptr; }

void TomlSection::Require(std::string_view key) const {
  if (document_->state_->Find(table_, key) != nullptr) return;
  document_->state_->Fail(Table(table_).source(), "'" + path_ + std::string(key) + "' is missing");
}

void TomlSection::Fail(std::string_view key, std::string_view rule) const {
  const toml::node* node = Table(table_).get(key);
  document_->state_->Fail(node != nullptr ? node->source() : Table(table_).source(),
                          "'" + Printable(path_ + std::string(key)) + "' " + std::string(rule));
}

std::optional<uint64_t> TomlSection::Integer(std::string_view key, uint64_t least, uint64_t most,
                                             std::string_view hint) const {
  const toml::node* node = document_->state_->Find(table_, key);
  if (node == nullptr) return std::nullopt;
  const auto* integer = node->as_integer();
  if (integer == nullptr || integer->get() < 0 || static_cast<uint64_t>(integer->get()) < least ||
      static_cast<uint64_t>(integer->get()) > most) {
    std::string rule =
        "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    rule += ", not " + Shown(*node);
    if (!hint.empty()) rule += " (" + std::string(hint) + ")";
    Fail(key, rule);
    return std::nullopt;
  }
  return static_cast<uint64_t>(integer->get());
}

std::optional<bool> TomlSection::Flag(std::string_view key) const {
  const toml::node* node = document_->state_->Find(table_, key);
  if (node == nullptr) return std::nullopt;
  const auto* flag = node->as_boolean();
  if (flag == nullptr) {
    Fail(key, "must be true or false");
    return std::nullopt;
  }
  return flag->get();
}

std::optional<std::string> TomlSection::Text(std::string_view key, size_t max_bytes,
                                             bool lines) const {
  const toml::node* node = document_->state_->Find(table_, key);
  if (node == nullptr) return std::nullopt;
  const auto* text = node->as_string();
  if (text == nullptr || text->get().empty() || text->get().size() > max_bytes ||
      !IsCleanText(text->get(), lines)) {
    Fail(key, Bounds(max_bytes));
    return std::nullopt;
  }
  return text->get();
}

std::optional<std::vector<std::string>> TomlSection::Texts(std::string_view key, size_t max_count,
                                                           size_t max_bytes,
                                                           std::string_view hint) const {
  const toml::node* node = document_->state_->Find(table_, key);
  if (node == nullptr) return std::nullopt;
  const toml::array* array = node->as_array();
  if (array == nullptr || array->size() > max_count) {
    std::string rule = "must be a list of at most " + std::to_string(max_count) + " texts";
    if (!hint.empty()) rule += " (" + std::string(hint) + ")";
    Fail(key, rule);
    return std::nullopt;
  }
  std::vector<std::string> texts;
  for (const toml::node& element : *array) {
    const auto* text = element.as_string();
    if (text == nullptr || text->get().empty() || text->get().size() > max_bytes ||
        !IsCleanText(text->get(), false)) {
      Fail(key, "holds an element that " + Bounds(max_bytes));
      return std::nullopt;
    }
    texts.push_back(text->get());
  }
  return texts;
}

std::optional<TomlSection> TomlSection::Section(std::string_view key) const {
  const toml::node* node = document_->state_->Find(table_, key);
  if (node == nullptr) return std::nullopt;
  const toml::table* table = node->as_table();
  if (table == nullptr) {
    Fail(key, "must be a table, written [" + Printable(path_ + std::string(key)) + "]");
    return std::nullopt;
  }
  document_->state_->asked[table];  // so that Finish looks into it
  return TomlSection(document_, table, path_ + std::string(key) + ".");
}

std::vector<std::string> TomlSection::Keys() const {
  std::vector<std::string> keys;
  for (auto&& [key, value] : Table(table_)) keys.emplace_back(key.str());
  return keys;
}

TomlDocument::TomlDocument() : state_(std::make_unique<State>()) {}
TomlDocument::~TomlDocument() = default;

absl::StatusOr<std::unique_ptr<TomlDocument>> TomlDocument::Parse(std::string_view source,
                                                                  std::string what,
                                                                  size_t max_bytes,
                                                                  TomlFault* fault) {
  const auto refused = [&](TomlFault found) {
    if (fault != nullptr) *fault = found;
    return StatusOf(what, found);
  };
  if (source.size() > max_bytes) {
    return refused({0, 0,
                    std::to_string(source.size()) + " bytes; at most " + std::to_string(max_bytes) +
                        " are read"});
  }
  if (static_cast<size_t>(std::ranges::count(source, '.')) > kMaxTomlDots) {
    return refused({0, 0,
                    "more than " + std::to_string(kMaxTomlDots) +
                        " full stops; shorten its texts and comments"});
  }
  std::unique_ptr<TomlDocument> document(new TomlDocument());
  State& state = *document->state_;
  // The packaged library is built with exceptions: this is the one place that turns them around.
  try {
    state.root = toml::parse(source);
  } catch (const toml::parse_error& error) {
    return refused(FaultAt(error.source(), Printable(error.description(), kMaxDescriptionBytes) +
                                               "; nothing was read past it"));
  }
  state.what = std::move(what);
  state.asked[&state.root];
  return document;
}

TomlSection TomlDocument::Root() { return TomlSection(this, &state_->root, ""); }

std::vector<TomlFault> TomlDocument::State::UnknownKeys() const {
  std::vector<TomlFault> found;
  for (const auto& [table, keys] : asked) {
    std::string known;
    for (const std::string& name : keys) known += (known.empty() ? "" : ", ") + name;
    for (auto&& [key, value] : *table) {
      if (keys.find(key.str()) != keys.end()) continue;
      found.push_back(FaultAt(key.source(),
                              "unknown key '" + Printable(key.str()) + "'; known here: " + known));
    }
  }
  return found;
}

namespace {

// As they stand in the file.
void Sort(std::vector<TomlFault>& faults) {
  std::ranges::stable_sort(faults, [](const TomlFault& a, const TomlFault& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
}

}  // namespace

absl::Status TomlDocument::Finish() const {
  if (!state_->faults.empty()) return StatusOf(state_->what, state_->faults.front());
  std::vector<TomlFault> unknown = state_->UnknownKeys();
  if (unknown.empty()) return absl::OkStatus();
  Sort(unknown);
  return StatusOf(state_->what, unknown.front());
}

std::vector<TomlFault> TomlDocument::Faults() const {
  std::vector<TomlFault> all = state_->faults;
  for (TomlFault& fault : state_->UnknownKeys()) all.push_back(std::move(fault));
  Sort(all);
  if (all.size() > kMaxTomlFaults) all.resize(kMaxTomlFaults);
  return all;
}

}  // namespace daftar::evidence
