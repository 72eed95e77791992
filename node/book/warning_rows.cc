// The rows of the warning list, and of the names under which the book has met an identifier.
#include "node/book/customer.h"
#include "node/book/warnings.h"

namespace daftar::book {
namespace {

constexpr uint8_t kRowVersion = 1;
constexpr uint8_t kNamesRow = 'n';

crypto::Bytes KeyOf(const storage::Vault& vault, uint8_t row,
                    const identity::Identifier& identifier) {
  return crypto::Writer()
      .U8(row)
      .Raw(vault.Tag("book/warning", identity::TypeName(identifier.type()), identifier.value())
               .view())
      .Take();
}

}  // namespace

std::string_view WarningKindName(WarningKind kind) {
  switch (kind) {
    case WarningKind::kOwn:
      return "own";
    case WarningKind::kReview:
      return "review";
    case WarningKind::kCleared:
      return "cleared";
  }
  return "";
}

crypto::Bytes EncodeWarning(const Warning& warning) {
  crypto::Writer writer;
  writer.U8(kRowVersion).U8(static_cast<uint8_t>(warning.kind));
  writer.U64(static_cast<uint64_t>(warning.at.value));
  writer.Prefixed16(crypto::AsBytes(warning.by)).Prefixed16(crypto::AsBytes(warning.because));
  writer.U32(warning.live_reports).U32(warning.names);
  PutIdentifiers(writer, {warning.identifier});
  return writer.Take();
}

absl::StatusOr<Warning> DecodeWarning(crypto::ByteView bytes) {
  crypto::Reader reader(bytes);
  if (reader.U8() != kRowVersion) reader.Fail();
  const uint8_t kind = reader.U8();
  if (kind < static_cast<uint8_t>(WarningKind::kOwn) ||
      kind > static_cast<uint8_t>(WarningKind::kCleared)) {
    reader.Fail();
  }
  const evidence::UnixMillis at{static_cast<int64_t>(reader.U64())};
  std::string by = reader.Text16();
  std::string because = reader.Text16();
  const uint32_t live_reports = reader.U32();
  const uint32_t names = reader.U32();
  std::vector<identity::Identifier> identifiers = TakeIdentifiers(reader, 1);
  if (!reader.Finish("warning").ok() || identifiers.size() != 1) return MalformedRow("warnings");
  return Warning{std::move(identifiers.front()),
                 static_cast<WarningKind>(kind),
                 at,
                 std::move(by),
                 std::move(because),
                 live_reports,
                 names};
}

crypto::Bytes WarningKey(const storage::Vault& vault, const identity::Identifier& identifier) {
  return KeyOf(vault, kWarningRow, identifier);
}

crypto::Bytes NamesKey(const storage::Vault& vault, const identity::Identifier& identifier) {
  return KeyOf(vault, kNamesRow, identifier);
}

uint64_t NameTag(const storage::Vault& vault, std::string_view name) {
  std::string letters;
  for (const char c : name) {
    const bool is_sign = c == ' ' || c == '.' || c == ',' || c == '-' || c == '\'';
    if (!is_sign) letters += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (letters.empty()) return 0;
  return crypto::Reader(vault.Tag("book/name", "name", letters).view()).U64();
}

crypto::Bytes EncodeNames(const std::set<uint64_t>& names) {
  crypto::Writer writer;
  writer.U8(kRowVersion);
  for (const uint64_t name : names) writer.U64(name);
  return writer.Take();
}

absl::StatusOr<std::set<uint64_t>> DecodeNames(crypto::ByteView bytes) {
  crypto::Reader reader(bytes);
  if (reader.U8() != kRowVersion) reader.Fail();
  std::set<uint64_t> names;
  while (reader.ok() && reader.remaining() > 0) names.insert(reader.U64());
  if (!reader.Finish("names").ok() || names.size() > kMaxNamesKept) return MalformedRow("warnings");
  return names;
}

}  // namespace daftar::book
