#include "node/audit/manifest.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "crypto/hash.h"
#include "node/evidence/header.h"

namespace daftar::audit {
namespace {

constexpr std::string_view kFirstLine = "daftar-bundle/v1";
constexpr std::string_view kSignature = "signature ";
constexpr std::string_view kEntryPrefix = "entry-";
constexpr uint64_t kMaxNumber = (uint64_t{1} << 63) - 1;

absl::Status Fault(size_t line, const std::string& what) {
  return absl::InvalidArgumentError("the manifest's line " + std::to_string(line) + " " + what);
}

// Decimal without a leading zero, below 2^63.
std::optional<uint64_t> Decimal(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > kMaxNumber) {
    return std::nullopt;
  }
  return value;
}

bool IsHex(std::string_view text, size_t bytes) {
  return text.size() == 2 * bytes && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

template <class Fixed>
std::optional<Fixed> HexOf(std::string_view text) {
  if (!IsHex(text, Fixed::kSize)) return std::nullopt;
  auto bytes = crypto::FromHex(text);
  if (!bytes.ok()) return std::nullopt;
  auto fixed = Fixed::Create(*bytes);
  if (!fixed.ok()) return std::nullopt;
  return *fixed;
}

// A file of a kind, and whether every bundle of the kind has it.
struct Place {
  std::string_view name;
  bool always;
};

// The names that may stand, in order, but for an excerpt's entries.
std::vector<Place> PlacesOf(BundleKind kind, bool from_start) {
  switch (kind) {
    case BundleKind::kLog:
      if (from_start) {
        return {{"head", true},      {"entries", true},   {"bodies", true}, {"charters", true},
                {"cosigners", true}, {"openings", false}, {"case", false}};
      }
      return {{"head", true},      {"head-from", true}, {"consistency", true}, {"frontier", true},
              {"earlier", true},   {"entries", true},   {"bodies", true},      {"charters", true},
              {"cosigners", true}, {"openings", false}, {"case", false}};
    case BundleKind::kExcerpt:
      return {{"head", true},      {"earlier", true},   {"charters", true},
              {"cosigners", true}, {"openings", false}, {"case", false}};
    case BundleKind::kDecisions:
      return {{"leaves", true}, {"receipts", true}};
  }
  return {};
}

absl::Status CheckEntryFiles(const std::vector<ManifestFile>& files, size_t at, size_t first_line) {
  size_t entries = 0;
  std::optional<uint64_t> last;
  while (at < files.size()) {
    const std::string_view name = files[at].name;
    const size_t dot = name.find('.');
    std::optional<uint64_t> index;
    if (name.starts_with(kEntryPrefix) && dot != std::string_view::npos) {
      index = Decimal(name.substr(kEntryPrefix.size(), dot - kEntryPrefix.size()));
    }
    if (!index.has_value() || name.substr(dot) != ".leaf") {
      return Fault(first_line + at, "names a file that is out of place");
    }
    if (last.has_value() && *index <= *last) {
      return Fault(first_line + at, "is not in ascending order");
    }
    last = index;
    const std::string stem = std::string(kEntryPrefix) + std::to_string(*index);
    ++at;
    if (at < files.size() && files[at].name == stem + ".body") ++at;
    if (at == files.size() || files[at].name != stem + ".tlog-proof") {
      return Fault(first_line + at, "should name the proof of entry " + std::to_string(*index));
    }
    ++at;
    if (++entries > kMaxExcerptEntries) return Fault(first_line + at, "is one entry too many");
  }
  if (entries == 0) return Fault(first_line + at, "should name an entry");
  return absl::OkStatus();
}

absl::Status CheckFiles(const Manifest& manifest, size_t first_line) {
  const std::vector<Place> places = PlacesOf(manifest.kind, manifest.from == 0);
  size_t at = 0;
  for (const Place& place : places) {
    if (at < manifest.files.size() && manifest.files[at].name == place.name) {
      ++at;
    } else if (place.always) {
      return Fault(first_line + at, "should name the file '" + std::string(place.name) + "'");
    }
  }
  if (manifest.kind == BundleKind::kExcerpt) return CheckEntryFiles(manifest.files, at, first_line);
  if (at < manifest.files.size())
    return Fault(first_line + at, "names a file that is out of place");
  return absl::OkStatus();
}

// Takes one line, without its LF, off `rest`; none when there is no LF.
std::optional<std::string_view> TakeLine(std::string_view& rest) {
  const size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

std::optional<ManifestFile> ParseFileLine(std::string_view line) {
  std::array<std::string_view, 4> fields;
  for (size_t i = 0; i < fields.size(); ++i) {
    const size_t space = line.find(' ');
    if ((i + 1 < fields.size()) != (space != std::string_view::npos)) return std::nullopt;
    fields[i] = line.substr(0, space);
    if (space != std::string_view::npos) line.remove_prefix(space + 1);
  }
  const auto bytes = Decimal(fields[2]);
  const auto sha256 = HexOf<crypto::Digest>(fields[3]);
  if (fields[0] != "file" || !bytes || *bytes > kMaxBundleFileBytes || !sha256) return std::nullopt;
  return ManifestFile{std::string(fields[1]), *bytes, *sha256};
}

}  // namespace

std::string_view BundleKindName(BundleKind kind) {
  switch (kind) {
    case BundleKind::kLog:
      return "log";
    case BundleKind::kExcerpt:
      return "excerpt";
    case BundleKind::kDecisions:
      return "decisions";
  }
  return "unknown";
}

std::string Manifest::Text() const {
  std::string text(kFirstLine);
  text += "\nkind " + std::string(BundleKindName(kind));
  text += "\norigin " + origin;
  text += "\ncircle " + circle.hex();
  text += "\nmade-at " + std::to_string(made_at);
  text += "\nsigner " + signer.hex();
  text += "\nfrom " + std::to_string(from);
  text += "\nto " + std::to_string(to) + "\n";
  for (const ManifestFile& file : files) {
    text += "file " + file.name + " " + std::to_string(file.bytes) + " " + file.sha256.hex() + "\n";
  }
  return text;
}

std::string Manifest::Sign(const crypto::SigningKey& key) const {
  Manifest named = *this;
  named.signer = evidence::EntryKeyId(origin, key.public_key());
  const std::string text = named.Text();
  const crypto::Signature signature =
      key.Sign(crypto::DssePreAuthenticationEncoding(kBundleSignatureType, crypto::AsBytes(text)));
  return text + "\n" + std::string(kSignature) + crypto::ToBase64(signature.view()) + "\n";
}

bool SignedManifest::VerifiedBy(const crypto::PublicKey& key) const {
  return evidence::EntryKeyId(manifest.origin, key) == manifest.signer &&
         crypto::VerifySignature(
             key,
             crypto::DssePreAuthenticationEncoding(kBundleSignatureType, crypto::AsBytes(text)),
             signature);
}

absl::StatusOr<SignedManifest> ParseManifest(std::string_view bytes) {
  std::string_view rest = bytes.substr(0, kMaxManifestBytes);
  const std::string_view all = rest;
  SignedManifest parsed;
  Manifest& manifest = parsed.manifest;
  size_t number = 0;
  // The value of the line "NAME VALUE" that comes next.
  const auto value = [&](std::string_view name) -> absl::StatusOr<std::string_view> {
    ++number;
    const auto line = TakeLine(rest);
    if (!line.has_value() || line->size() <= name.size() + 1 || !line->starts_with(name) ||
        (*line)[name.size()] != ' ') {
      return Fault(number, "should be '" + std::string(name) + " ...'");
    }
    return line->substr(name.size() + 1);
  };
  ++number;
  if (TakeLine(rest) != kFirstLine)
    return Fault(number, "is not '" + std::string(kFirstLine) + "'");
  auto kind = value("kind");
  if (!kind.ok()) return kind.status();
  bool known = false;
  for (const BundleKind candidate :
       {BundleKind::kLog, BundleKind::kExcerpt, BundleKind::kDecisions}) {
    if (*kind != BundleKindName(candidate)) continue;
    manifest.kind = candidate;
    known = true;
  }
  if (!known) return Fault(number, "has a kind that there is not");
  auto origin = value("origin");
  if (!origin.ok()) return origin.status();
  if (!evidence::CheckOrigin(*origin).ok()) return Fault(number, "has no log's origin");
  manifest.origin = std::string(*origin);
  auto circle = value("circle");
  if (!circle.ok()) return circle.status();
  const auto circle_id = HexOf<evidence::CircleId>(*circle);
  if (!circle_id) return Fault(number, "has no 16 bytes in hexadecimal");
  manifest.circle = *circle_id;
  auto made_at = value("made-at");
  if (!made_at.ok()) return made_at.status();
  const auto seconds = Decimal(*made_at);
  if (!seconds || *seconds == 0) return Fault(number, "has no time");
  manifest.made_at = static_cast<int64_t>(*seconds);
  auto signer = value("signer");
  if (!signer.ok()) return signer.status();
  const auto key_id = HexOf<crypto::KeyId>(*signer);
  if (!key_id) return Fault(number, "has no key ID of 4 bytes in hexadecimal");
  manifest.signer = *key_id;
  for (const auto& [name, field] :
       {std::pair<std::string_view, uint64_t*>{"from", &manifest.from}, {"to", &manifest.to}}) {
    auto text = value(name);
    if (!text.ok()) return text.status();
    const auto size = Decimal(*text);
    if (!size) return Fault(number, "has no decimal size");
    *field = *size;
  }
  if (manifest.from >= manifest.to) return Fault(number, "is not above 'from'");
  if (manifest.kind == BundleKind::kExcerpt && manifest.from != 0) {
    return Fault(number, "belongs to an excerpt, which begins at 0");
  }
  const size_t first_file_line = number + 1;
  while (!rest.starts_with('\n')) {
    ++number;
    const auto line = TakeLine(rest);
    auto file = line.has_value() ? ParseFileLine(*line) : std::nullopt;
    if (!file) return Fault(number, "is no 'file NAME BYTES SHA256'");
    if (manifest.files.size() == kMaxBundleFiles) return Fault(number, "is one file too many");
    manifest.files.push_back(*std::move(file));
  }
  parsed.text = std::string(all.substr(0, all.size() - rest.size()));
  rest.remove_prefix(1);
  number += 2;
  const auto line = TakeLine(rest);
  if (!line.has_value() || !line->starts_with(kSignature)) return Fault(number, "is no signature");
  auto blob = crypto::FromBase64(line->substr(kSignature.size()));
  if (!blob.ok()) return Fault(number, "is no signature");
  auto signature = crypto::Signature::Create(*blob);
  if (!signature.ok()) return Fault(number, "is no signature of 64 bytes");
  parsed.signature = *signature;
  parsed.bytes = all.size() - rest.size();
  parsed.sha256 = crypto::Sha256(crypto::AsBytes(all.substr(0, all.size() - rest.size())));
  if (absl::Status status = CheckFiles(manifest, first_file_line); !status.ok()) return status;
  return parsed;
}

}  // namespace daftar::audit
