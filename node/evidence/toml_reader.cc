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

std::string Printable(std::string_view text) {
  std::string result;
  for (const char c : text.substr(0, kMaxQuotedBytes)) result += c >= 0x20 && c < 0x7f ? c : '?';
  return result;
}

std::string At(const std::string& what, const toml::source_region& source) {
  return what + " line " + std::to_string(source.begin.line) + ", column " +
         std::to_string(source.begin.column) + ": ";
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
  absl::Status first_fault;
  // What has been asked for, by table; the order is that of the file when Finish looks.
  std::map<const toml::table*, std::set<std::string, std::less<>>> asked;

  void Fail(const toml::source_region& source, const std::string& message) {
    if (first_fault.ok()) first_fault = absl::InvalidArgumentError(At(what, source) + message);
  }
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

std::optional<uint64_t> TomlSection::Integer(std::string_view key, uint64_t least,
                                             uint64_t most) const {
  const toml::node* node = document_->state_->Find(table_, key);
  if (node == nullptr) return std::nullopt;
  const auto* integer = node->as_integer();
  if (integer == nullptr || integer->get() < 0 || static_cast<uint64_t>(integer->get()) < least ||
      static_cast<uint64_t>(integer->get()) > most) {
    Fail(key,
         "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
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
                                                           size_t max_bytes) const {
  const toml::node* node = document_->state_->Find(table_, key);
  if (node == nullptr) return std::nullopt;
  const toml::array* array = node->as_array();
  if (array == nullptr || array->size() > max_count) {
    Fail(key, "must be a list of at most " + std::to_string(max_count) + " texts");
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
                                                                  size_t max_bytes) {
  if (source.size() > max_bytes) {
    return absl::InvalidArgumentError(what + ": " + std::to_string(source.size()) +
                                      " bytes; at most " + std::to_string(max_bytes) + " are read");
  }
  if (static_cast<size_t>(std::ranges::count(source, '.')) > kMaxTomlDots) {
    return absl::InvalidArgumentError(what + ": more than " + std::to_string(kMaxTomlDots) +
                                      " full stops; shorten its texts and comments");
  }
  std::unique_ptr<TomlDocument> document(new TomlDocument());
  State& state = *document->state_;
  state.what = std::move(what);
  // The packaged library is built with exceptions: this is the one place that turns them around.
  try {
    state.root = toml::parse(source);
  } catch (const toml::parse_error& error) {
    return absl::InvalidArgumentError(At(state.what, error.source()) +
                                      Printable(error.description()));
  }
  state.asked[&state.root];
  return document;
}

TomlSection TomlDocument::Root() { return TomlSection(this, &state_->root, ""); }

absl::Status TomlDocument::Finish() const {
  if (!state_->first_fault.ok()) return state_->first_fault;
  const toml::key* unknown = nullptr;
  const std::set<std::string, std::less<>>* known = nullptr;
  for (const auto& [table, keys] : state_->asked) {
    for (auto&& [key, value] : *table) {
      const bool earlier = unknown == nullptr || key.source().begin < unknown->source().begin;
      if (keys.find(key.str()) == keys.end() && earlier) {
        unknown = &key;
        known = &keys;
      }
    }
  }
  if (unknown == nullptr) return absl::OkStatus();
  std::string names;
  for (const std::string& name : *known) names += (names.empty() ? "" : ", ") + name;
  return absl::InvalidArgumentError(At(state_->what, unknown->source()) + "unknown key '" +
                                    Printable(unknown->str()) + "'; known here: " + names);
}

}  // namespace daftar::evidence
