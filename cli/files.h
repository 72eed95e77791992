// Files that people name on the command line.
#ifndef DAFTAR_CLI_FILES_H_
#define DAFTAR_CLI_FILES_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/console.h"

namespace daftar::cli {

// The whole of a file, or of standard input for "-". `what` it is stands in errors. NotFound,
// PermissionDenied; InvalidArgument for a folder; DataLoss for more than `max_bytes`.
absl::StatusOr<std::string> ReadWhole(const std::string& file, const char* what, size_t max_bytes,
                                      Console& console);

// A file that is made beside its name, and takes that only when it is whole. Without Keep nothing
// is left of it. One thread.
class NewFile {
 public:
  // AlreadyExists when there is something of that name, unless it is a file and `replace`;
  // NotFound, PermissionDenied, Unavailable as the system says. Only its owner may read it.
  static absl::StatusOr<std::unique_ptr<NewFile>> Create(const std::string& path,
                                                         bool replace = false);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  // ResourceExhausted when the disk is full.
  absl::Status Append(std::string_view bytes);
  // Gives it the name. AlreadyExists when that was taken meanwhile.
  absl::Status Keep();
  // Its name until then.
  const std::string& beside() const { return beside_; }

 private:
  NewFile(std::string path, std::string beside, int descriptor, bool replace)
      : path_(std::move(path)),
        beside_(std::move(beside)),
        descriptor_(descriptor),
        replace_(replace) {}
  const std::string path_;
  const std::string beside_;
  const int descriptor_;
  const bool replace_;
  bool kept_ = false;
};

// The first two of the files that are one and the same, by whatever path, or hold the same bytes;
// absent: no two do. What cannot be read, or is no plain file, is like no other.
struct AlikeFiles {
  std::string first;
  std::string second;
  bool one_file = false;  // false: a copy
};
std::optional<AlikeFiles> FindAlike(const std::vector<std::string>& files);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_FILES_H_
