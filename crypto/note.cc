#include "crypto/note.h"

#include <algorithm>
#include <cstdlib>

#include "crypto/cosignature.h"
#include "crypto/utf8.h"

namespace daftar::crypto {
namespace {

constexpr std::string_view kSignaturePrefix = "\xE2\x80\x94 ";  // U+2014 and a space
constexpr std::string_view kSeparator = "\n\n";

absl::Status NoteError(std::string_view what) {
  return absl::InvalidArgumentError("signed note: " + std::string(what));
}

absl::Status LineError(size_t line, std::string_view what) {
  return NoteError("signature line " + std::to_string(line) + ": " + std::string(what));
}

absl::Status VkeyError(std::string_view what) {
  return absl::InvalidArgumentError("verifier key: " + std::string(what) +
                                    "; expected name+hhhhhhhh+base64");
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20; }

absl::StatusOr<NoteSignature> ParseSignatureLine(std::string_view line, size_t number) {
  if (!line.starts_with(kSignaturePrefix)) {
    return LineError(number, "does not begin with an em dash and a space");
  }
  line.remove_prefix(kSignaturePrefix.size());
  const size_t space = line.find(' ');
  if (space == std::string_view::npos) return LineError(number, "has no signature after the name");
  const std::string_view name = line.substr(0, space);
  if (auto status = CheckKeyName(name); !status.ok()) {
    return LineError(number, std::string(status.message()));
  }
  auto bytes = FromBase64(line.substr(space + 1));
  if (!bytes.ok()) return LineError(number, "is not canonical base64 after the name");
  if (bytes->size() <= KeyId::kSize) return LineError(number, "is too short for a signature");
  const ByteView view(*bytes);
  return NoteSignature{std::string(name), *KeyId::Create(view.first(KeyId::kSize)),
                       ToBytes(view.subspan(KeyId::kSize))};
}

// The key of `known` that a line names; null when there is none.
absl::StatusOr<const NoteKey*> FindKey(const NoteSignature& signature, size_t line,
                                       std::span<const NoteKey> known) {
  const NoteKey* found = nullptr;
  for (const NoteKey& key : known) {
    if (key.name != signature.name || key.id() != signature.id) continue;
    if (found != nullptr && *found != key) {
      return LineError(line, "two known keys share its name and key ID");
    }
    found = &key;
  }
  return found;
}

// The timestamp of a good line (0 for type 0x01).
absl::StatusOr<uint64_t> VerifyLine(std::string_view text, const NoteSignature& signature,
                                    size_t line, const NoteKey& key) {
  Reader reader(signature.blob);
  const bool cosignature = key.type == KeyType::kCosignature;
  const uint64_t timestamp = cosignature ? reader.U64() : 0;
  const auto bytes = reader.Take<Signature>();
  if (!reader.Finish("signature").ok()) {
    return LineError(line, "has a wrong length for its known key's type");
  }
  if (cosignature && (timestamp == 0 || timestamp > kMaxCosignatureTime)) {
    return LineError(line, "has a timestamp that is zero or not below 2^63");
  }
  const bool good =
      cosignature ? VerifySignature(key.key, AsBytes(CosignatureMessage(text, timestamp)), bytes)
                  : VerifySignature(key.key, AsBytes(text), bytes);
  if (!good) return LineError(line, "the signature of a known key does not verify");
  return timestamp;
}

}  // namespace

absl::Status CheckKeyName(std::string_view name) {
  if (name.empty()) return absl::InvalidArgumentError("key name is empty");
  if (name.size() > kMaxKeyNameBytes) {
    return absl::InvalidArgumentError("key name is longer than " +
                                      std::to_string(kMaxKeyNameBytes) + " bytes");
  }
  std::string_view rest = name;
  while (!rest.empty()) {
    const auto code_point = TakeCodePoint(rest);
    if (!code_point) return absl::InvalidArgumentError("key name is not valid UTF-8");
    if (*code_point < 0x20 || *code_point == '+' || IsUnicodeSpace(*code_point)) {
      return absl::InvalidArgumentError("key name contains a space, a control byte or '+'");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckNoteText(std::string_view text) {
  if (text.size() > kMaxNoteBytes) {
    return NoteError("larger than " + std::to_string(kMaxNoteBytes) + " bytes");
  }
  if (!text.ends_with('\n')) return NoteError("does not end in a line feed");
  if (std::any_of(text.begin(), text.end(), [](char c) { return IsControl(c) && c != '\n'; })) {
    return NoteError("contains a control byte other than line feed");
  }
  if (!IsUtf8(text)) return NoteError("is not valid UTF-8");
  return absl::OkStatus();
}

std::string NoteKey::ToVkey() const {
  Writer writer;
  writer.U8(static_cast<uint8_t>(type)).Raw(key.view());
  return name + "+" + id().hex() + "+" + ToBase64(writer.bytes());
}

absl::StatusOr<NoteKey> NoteKey::FromVkey(std::string_view vkey) {
  // Base64 may hold a '+', names never do: the first two are the separators.
  const size_t first = vkey.find('+');
  const size_t second = first == std::string_view::npos ? first : vkey.find('+', first + 1);
  if (second == std::string_view::npos) return VkeyError("has fewer than three parts");
  NoteKey result;
  result.name = std::string(vkey.substr(0, first));
  if (auto status = CheckKeyName(result.name); !status.ok()) return status;
  auto bytes = FromBase64(vkey.substr(second + 1));
  if (!bytes.ok()) return VkeyError("the key is not canonical base64");
  Reader reader(*bytes);
  const uint8_t type = reader.U8();
  result.key = reader.Take<PublicKey>();
  if (!reader.Finish("key").ok()) return VkeyError("the key has a wrong length");
  if (type != static_cast<uint8_t>(KeyType::kEd25519) &&
      type != static_cast<uint8_t>(KeyType::kCosignature)) {
    return VkeyError("key type " + std::to_string(type) + " is not 1 (Ed25519) or 4 (cosignature)");
  }
  result.type = static_cast<KeyType>(type);
  if (vkey.substr(first + 1, second - first - 1) != result.id().hex()) {
    return VkeyError("the key ID does not belong to this name and key");
  }
  return result;
}

std::string Note::ToString() const {
  std::string note = text + "\n";
  for (const NoteSignature& signature : signatures) {
    Writer writer;
    writer.Raw(signature.id.view()).Raw(signature.blob);
    note += std::string(kSignaturePrefix) + signature.name + " " + ToBase64(writer.bytes()) + "\n";
  }
  return note;
}

absl::StatusOr<Note> ParseNote(std::string_view note) {
  if (auto status = CheckNoteText(note); !status.ok()) return status;
  const size_t separator = note.rfind(kSeparator);
  if (separator == std::string_view::npos) return NoteError("has no empty line before signatures");
  Note result;
  result.text = std::string(note.substr(0, separator + 1));
  std::string_view lines = note.substr(separator + kSeparator.size());
  if (lines.empty()) return NoteError("has no signature line after the empty line");
  while (!lines.empty()) {
    if (result.signatures.size() == kMaxNoteSignatures) {
      return NoteError("has more than " + std::to_string(kMaxNoteSignatures) + " signatures");
    }
    const size_t end = lines.find('\n');  // there is one: the note ends in LF
    auto signature = ParseSignatureLine(lines.substr(0, end), result.signatures.size() + 1);
    if (!signature.ok()) return signature.status();
    result.signatures.push_back(*std::move(signature));
    lines.remove_prefix(end + 1);
  }
  return result;
}

NoteSignature SignNote(std::string_view text, const std::string& key_name, const SigningKey& key) {
  if (!CheckNoteText(text).ok() || !CheckKeyName(key_name).ok()) std::abort();
  return {key_name, NoteKeyId(key_name, KeyType::kEd25519, key.public_key()),
          ToBytes(key.Sign(AsBytes(text)).view())};
}

absl::StatusOr<std::vector<VerifiedSigner>> VerifyNote(const Note& note,
                                                       std::span<const NoteKey> known) {
  std::vector<VerifiedSigner> signers;
  for (size_t i = 0; i < note.signatures.size(); ++i) {
    auto key = FindKey(note.signatures[i], i + 1, known);
    if (!key.ok()) return key.status();
    if (*key == nullptr) continue;
    auto timestamp = VerifyLine(note.text, note.signatures[i], i + 1, **key);
    if (!timestamp.ok()) return timestamp.status();
    auto earlier = std::find_if(signers.begin(), signers.end(),
                                [&](const VerifiedSigner& s) { return s.key == **key; });
    if (earlier == signers.end()) {
      signers.push_back({**key, *timestamp});
    } else {
      earlier->timestamp = std::max(earlier->timestamp, *timestamp);
    }
  }
  if (signers.empty()) {
    return absl::PermissionDeniedError("signed note: none of its signatures is by a known key");
  }
  return signers;
}

}  // namespace daftar::crypto
