// Identifiers and their normal form, version 1, frozen (docs/normalisation.md). Every
// node must write an identifier the same way or tokens do not match, so this rule is ours, with
// vectors, and never follows a library's tables.
#ifndef DAFTAR_NODE_IDENTITY_IDENTIFIER_H_
#define DAFTAR_NODE_IDENTITY_IDENTIFIER_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace daftar::identity {

// Numbers are on disk: never renumber.
enum class IdentifierType : uint8_t {
  kPhone = 1,
  kEmail = 2,
  kNationalIdIndonesia = 3,  // national-id/ID, NIK
  kNationalIdMalaysia = 4,   // national-id/MY, MyKad
  kNationalIdSingapore = 5,  // national-id/SG, NRIC or FIN
  kTaxIdIndonesia = 6,       // tax-id/ID, NPWP
  kBusinessIdIndonesia = 7,  // business-id/ID, NIB
  kBusinessIdMalaysia = 8,   // business-id/MY, SSM
  kBankAccount = 9,
  kHandle = 10,
};

// Every type, in order of number.
std::span<const IdentifierType> AllIdentifierTypes();
// The type's name in VOPRF inputs and interfaces: "phone", "national-id/ID", ...
std::string_view TypeName(IdentifierType type);
// InvalidArgument listing the names that there are.
absl::StatusOr<IdentifierType> TypeFromName(std::string_view name);
// For what was stored. InvalidArgument for a number that no type has.
absl::StatusOr<IdentifierType> TypeFromNumber(uint8_t number);

// Home regions whose phone rules are in the table: ID MY SG BN TH PH VN TL.
enum class Region : uint8_t {
  kIndonesia = 1,
  kMalaysia,
  kSingapore,
  kBrunei,
  kThailand,
  kPhilippines,
  kVietnam,
  kTimorLeste
};
// Every region, in order of number.
std::span<const Region> AllRegions();
std::string_view RegionCode(Region region);  // "ID"
// InvalidArgument listing the codes that there are; they are capital letters.
absl::StatusOr<Region> RegionFromCode(std::string_view code);

// What a person typed is at most this long, in bytes; longer is refused before anything looks at
// it.
inline constexpr size_t kMaxIdentifierInput = 256;

// A normalised identifier: only Normalise makes one. It is personal data: it has no stream
// operator and must not reach a log line, a metric, a URL or an error.
class Identifier {
 public:
  IdentifierType type() const { return type_; }
  const std::string& value() const { return value_; }
  friend auto operator<=>(const Identifier&, const Identifier&) = default;

  // From storage, where it was written in normal form. InvalidArgument when it is not, or when
  // `type` is a number that no type has.
  static absl::StatusOr<Identifier> FromNormalised(IdentifierType type, std::string_view value);

 private:
  friend absl::StatusOr<Identifier> Normalise(IdentifierType, std::string_view, Region);
  Identifier(IdentifierType type, std::string value) : type_(type), value_(std::move(value)) {}
  IdentifierType type_;
  std::string value_;
};

// The normal form of what was typed. `home` decides how a phone number without + is read.
// InvalidArgument with the reason and an example of what would do; the message never repeats the
// input (refusal.h has the reason as a code).
absl::StatusOr<Identifier> Normalise(IdentifierType type, std::string_view typed, Region home);

// For `--any`: one identifier for each type as which the text normalises, most likely first
// (empty: none), but a Malaysian business number that does not begin with a year. Several is usual:
// twelve digits may be a national ID and a business number.
std::vector<Identifier> RecogniseAny(std::string_view typed, Region home);

// What the handle of a customer whom nobody knows any more begins with; the index of the report
// follows, and it is no personal data (ledger::RecoveredHandle).
inline constexpr std::string_view kLostCustomerPrefix = "lost-database/entry-";
bool IsLostCustomer(const Identifier& identifier);

// For people to recognise what they know already: "+62*******7890", "b***@t***.com"; per type in
// docs/normalisation.md. Still personal data, for screens and not for logs.
std::string Masked(const Identifier& identifier);

}  // namespace daftar::identity

#endif  // DAFTAR_NODE_IDENTITY_IDENTIFIER_H_
