#include "node/decision/template.h"

#include <algorithm>

#include "node/decision/text.h"

namespace daftar::decision {

absl::StatusOr<Template> Template::Create(std::string_view text) {
  if (text.size() > kMaxTemplateBytes) {
    return absl::InvalidArgumentError("is longer than " + std::to_string(kMaxTemplateBytes) +
                                      " bytes");
  }
  const auto malformed = [] {
    return absl::InvalidArgumentError(
        "has a brace without its pair; columns stand in braces like {Phone}, and braces "
        "themselves are written twice");
  };
  Template made;
  std::string literal;
  const auto end_literal = [&made, &literal] {
    if (!literal.empty()) made.pieces_.push_back({literal, false, 0});
    literal.clear();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const bool twice = i + 1 < text.size() && text[i + 1] == text[i];
    if ((text[i] == '{' || text[i] == '}') && twice) {
      literal += text[i++];
    } else if (text[i] == '{') {
      const size_t end = text.find('}', i);
      if (end == std::string_view::npos) return malformed();
      const std::string_view name = Trimmed(text.substr(i + 1, end - i - 1));
      if (name.empty() || name.find('{') != std::string_view::npos) return malformed();
      end_literal();
      made.pieces_.push_back({std::string(name), true, 0});
      i = end;
    } else if (text[i] == '}') {
      return malformed();
    } else {
      literal += text[i];
    }
  }
  end_literal();
  if (made.pieces_.size() > kMaxTemplatePieces) {
    return absl::InvalidArgumentError("has more than " + std::to_string(kMaxTemplatePieces) +
                                      " parts");
  }
  return made;
}

Template Template::Column(std::string name) {
  Template made;
  made.pieces_.push_back({std::move(name), true, 0});
  return made;
}

absl::Status Template::Bind(std::span<const std::string> header) {
  for (Piece& piece : pieces_) {
    if (!piece.is_column) continue;
    size_t found = 0;
    for (size_t i = 0; i < header.size(); ++i) {
      if (Trimmed(header[i]) != piece.text) continue;
      piece.column = i;
      ++found;
    }
    if (found != 1) {
      return absl::InvalidArgumentError(
          "the file's first line has " +
          std::string(found == 0 ? "no column" : "more than one column") + " named '" + piece.text +
          "', which the mapping uses");
    }
  }
  return absl::OkStatus();
}

bool Template::has_column() const {
  return std::any_of(pieces_.begin(), pieces_.end(), [](const Piece& p) { return p.is_column; });
}

std::string Template::Fill(std::span<const std::string> fields) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    out += piece.is_column ? Trimmed(fields[piece.column]) : std::string_view(piece.text);
  }
  return out;
}

bool Template::IsBlank(std::span<const std::string> fields) const {
  return has_column() && std::all_of(pieces_.begin(), pieces_.end(), [&fields](const Piece& p) {
           return !p.is_column || Trimmed(fields[p.column]).empty();
         });
}

}  // namespace daftar::decision
