// A progress bar on one line of a terminal.
#ifndef DAFTAR_CLI_PROGRESS_H_
#define DAFTAR_CLI_PROGRESS_H_

#include <cstdint>
#include <ostream>
#include <string>

namespace daftar::cli {

// Writes nothing unless `active`, and only when the line changes. One thread.
class Progress {
 public:
  // `unit`: one of what is counted.
  Progress(std::ostream& out, std::string label, bool active, std::string unit = "line")
      : out_(out), label_(std::move(label)), unit_(std::move(unit)), active_(active) {}
  ~Progress() { Clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `total` 0: not known.
  void Update(uint64_t done, uint64_t total, uint64_t units);
  // Takes the line away, so that what follows begins on an empty one.
  void Clear();

 private:
  std::ostream& out_;
  std::string label_;
  std::string unit_;
  bool active_;
  std::string shown_;
};

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_PROGRESS_H_
