// A strict reader for the project's TOML files: what a file may hold is said by asking for it, and
// everything nobody asked for is refused, with line and column. Files may come from a partner, so
// sizes and nesting are bounded before the parser sees them.
#ifndef DAFTAR_NODE_EVIDENCE_TOML_READER_H_
#define DAFTAR_NODE_EVIDENCE_TOML_READER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace daftar::evidence {

// Each level of a dotted key costs the parser's recursive clean-up a stack frame; so many full
// stops, strings and comments included, are far more than a file needs and far less than a stack.
inline constexpr size_t kMaxTomlDots = 2000;

inline constexpr size_t kMaxTomlFaults = 20;  // that are told of one file; the rest is not

// What is wrong with a file, and where. Nothing of it is longer than a few lines, and what it
// repeats of the file has no control characters.
struct TomlFault {
  uint32_t line = 0;  // from 1; 0: the file as a whole
  uint32_t column = 0;
  std::string message;
};

class TomlDocument;

// One table of the file. A cheap handle, valid while its document lives. Every reader below returns
// nullopt both for an absent key and after a fault; faults are kept in the document and the first
// one is given by TomlDocument::Finish, so that a caller reads all fields and asks once.
class TomlSection {
 public:
  bool Has(std::string_view key) const;
  // Records a fault when the key is absent.
  void Require(std::string_view key) const;
  // A whole number from `least` to `most`; `hint` ends the fault of another value.
  std::optional<uint64_t> Integer(std::string_view key, uint64_t least, uint64_t most,
                                  std::string_view hint = "") const;
  std::optional<bool> Flag(std::string_view key) const;
  // 1 to `max_bytes` bytes of UTF-8 without control characters (but LF when `lines`).
  std::optional<std::string> Text(std::string_view key, size_t max_bytes, bool lines = false) const;
  // At most `max_count` texts; `hint` ends the fault of what is no such list.
  std::optional<std::vector<std::string>> Texts(std::string_view key, size_t max_count,
                                                size_t max_bytes, std::string_view hint = "") const;
  std::optional<TomlSection> Section(std::string_view key) const;
  // Every key, for tables whose keys are data; `what` they are is for errors.
  std::vector<std::string> Keys() const;
  // Records a fault at the key: a rule beyond type and bound.
  void Fail(std::string_view key, std::string_view rule) const;

 private:
  friend class TomlDocument;
  TomlSection(TomlDocument* document, const void* table, std::string path)
      : document_(document), table_(table), path_(std::move(path)) {}
  TomlDocument* document_;
  const void* table_;
  std::string path_;  // "reasons.no-show.", for errors
};

// A parsed file. Not thread-safe; movable only behind its unique_ptr.
class TomlDocument {
 public:
  // `what` begins every error ("charter"). InvalidArgument for more than `max_bytes`, more than
  // kMaxTomlDots full stops, or what is not TOML 1.0.
  // `fault`, if given, then has the same without `what`.
  static absl::StatusOr<std::unique_ptr<TomlDocument>> Parse(std::string_view source,
                                                             std::string what, size_t max_bytes,
                                                             TomlFault* fault = nullptr);
  ~TomlDocument();
  TomlDocument(const TomlDocument&) = delete;
  TomlDocument& operator=(const TomlDocument&) = delete;
  TomlSection Root();
  // The first fault that a reader found, else the first key that nobody asked for, else OK.
  absl::Status Finish() const;
  // Every fault that a reader found and every key that nobody asked for, in the order of the file;
  // the first kMaxTomlFaults of them.
  std::vector<TomlFault> Faults() const;

 private:
  friend class TomlSection;
  struct State;
  TomlDocument();
  std::unique_ptr<State> state_;
};

}  // namespace daftar::evidence

#endif  // DAFTAR_NODE_EVIDENCE_TOML_READER_H_
