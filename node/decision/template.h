// Texts with columns in them, for mapping files.
#ifndef DAFTAR_NODE_DECISION_TEMPLATE_H_
#define DAFTAR_NODE_DECISION_TEMPLATE_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace daftar::decision {

inline constexpr size_t kMaxTemplateBytes = 512;
inline constexpr size_t kMaxTemplatePieces = 16;  // texts and columns

// "ibm/{customerID}": text with columns in braces; `{{` and `}}` are braces.
class Template {
 public:
  static absl::StatusOr<Template> Create(std::string_view text);
  // A template that is one column.
  static Template Column(std::string name);
  // InvalidArgument naming the column that the header lacks.
  absl::Status Bind(std::span<const std::string> header);
  bool has_column() const;
  // REQUIRES Bind, and as many fields as the header had. Fields are trimmed.
  std::string Fill(std::span<const std::string> fields) const;
  // Whether all columns in it are empty in this record (false when it has none).
  bool IsBlank(std::span<const std::string> fields) const;

 private:
  struct Piece {
    std::string text;  // literal, or the column's name
    bool is_column = false;
    size_t column = 0;
  };
  std::vector<Piece> pieces_;
};

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_TEMPLATE_H_
