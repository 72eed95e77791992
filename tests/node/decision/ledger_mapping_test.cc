#include <fstream>
#include <iterator>

#include "node/decision/ledger_file.h"
#include "tests/support/status_matchers.h"

namespace daftar::decision {
namespace {

using daftar::testing::IsOk;
using daftar::testing::StatusIs;
using identity::IdentifierType;
using identity::Region;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kGood = R"(version = 1
separator = ";"
region = "MY"
[identifiers]
phone = "{Phone}"
handle = "ibm/{Id}"
[customer]
name = "{Name}"
[order]
invoice = "{No}"
invoice_date = "{Date}"
due_days = 30
paid_date = "{Paid}"
amount = "{Total}"
currency = "MYR"
decimal = "comma"
disputed = "{D}"
disputed_yes = ["YA", "Yes"]
date_formats = ["%d/%m/%Y"]
)";

absl::StatusOr<LedgerMapping> Parse(std::string_view text,
                                    MappingKind kind = MappingKind::kOrders) {
  return LedgerMapping::Parse(text, kind, Region::kIndonesia);
}

std::string With(std::string_view from, std::string_view to) {
  std::string text(kGood);
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  return text;
}

TEST(LedgerMappingTest, ReadsEveryField) {
  const auto mapping = Parse(kGood);
  ASSERT_THAT(mapping, IsOk());
  EXPECT_EQ(mapping->separator, ';');
  EXPECT_EQ(mapping->region, Region::kMalaysia);
  EXPECT_EQ(mapping->identifiers.size(), 2u);
  EXPECT_TRUE(mapping->name.has_value());
  EXPECT_FALSE(mapping->due_date.has_value());
  EXPECT_EQ(mapping->due_days, 30u);
  EXPECT_TRUE(mapping->decimal_comma);
  EXPECT_EQ(mapping->disputed_yes, (std::vector<std::string>{"ya", "yes"}));
  EXPECT_EQ(mapping->dates.size(), 1u);
}

TEST(LedgerMappingTest, FaultsAreNamedWithLineAndColumn) {
  const auto refused = [](const std::string& text, std::string_view words) {
    EXPECT_THAT(Parse(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                      AllOf(HasSubstr("mapping line "), HasSubstr(", column "),
                                            HasSubstr(std::string(words)))));
  };
  refused(With("due_days = 30", "due_dayz = 30"), "due_da");
  refused(With("due_days = 30\n", ""), "due_date");
  refused(With("version = 1", "version = 2"), "version");
  refused(With("separator = \";\"", "separator = \"x\""), "separator");
  refused(With("region = \"MY\"", "region = \"XX\""), "region");
  refused(With("phone = ", "fax = "), "fax");
  refused(With("{Phone}", "constant"), "phone");
  refused(With("{No}", "constant"), "invoice");
  refused(With("{No}", "{No"), "brace");
  refused(With("%d/%m/%Y", "%d/%m"), "date_formats");
  refused(With("[\"%d/%m/%Y\"]", "[]"), "date_formats");
  refused(With("\"comma\"", "\"dot\""), "decimal");
  refused(With("disputed_yes = [\"YA\", \"Yes\"]\n", ""), "disputed_yes");
  refused(With("currency = \"MYR\"\n", ""), "currency");
  refused(With("amount = \"{Total}\"\n", ""), "amount");
  refused("version = 1\n[identifiers]\nphone = \"{P}\"\n[outcome]\nat = \"{T}\"\n",
          "'outcome' is for `daftar policy backtest` alone");
  EXPECT_THAT(Parse("version = 1\n[order]\n"), Not(IsOk()));
  EXPECT_THAT(Parse("not toml"), Not(IsOk()));
  EXPECT_THAT(Parse(std::string(kMaxMappingBytes + 1, '#')), Not(IsOk()));
}

TEST(LedgerMappingTest, CustomerMappingHasNoOrders) {
  constexpr std::string_view kCustomers = R"(version = 1
[identifiers]
phone = "{Phone}"
)";
  EXPECT_THAT(Parse(kCustomers, MappingKind::kCustomers), IsOk());
  EXPECT_THAT(Parse(kGood, MappingKind::kCustomers),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'order' is for a ledger")));
  EXPECT_THAT(Parse(kCustomers, MappingKind::kOrders), Not(IsOk()));
}

TEST(LedgerMappingTest, HeaderOfACustomerFileMayTakeTheMappingsPlace) {
  const std::vector<std::string> header = {"name", "phone", "tax-id/ID", "remarks"};
  const auto mapping = LedgerMapping::ForCustomerHeader(header, Region::kIndonesia);
  ASSERT_THAT(mapping, IsOk());
  EXPECT_EQ(mapping->identifiers.size(), 2u);
  EXPECT_EQ(mapping->identifiers[1].first, IdentifierType::kTaxIdIndonesia);
  EXPECT_TRUE(mapping->name.has_value());
  const std::vector<std::string> useless = {"Telefon", "name"};
  EXPECT_THAT(LedgerMapping::ForCustomerHeader(useless, Region::kIndonesia),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("phone, email")));
}

TEST(LedgerMappingTest, ShippedMappingIsValid) {
  std::ifstream file(std::string(DAFTAR_SOURCE_DIR) + "/deploy/mappings/ibm-ar.toml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  ASSERT_FALSE(text.empty());
  EXPECT_THAT(Parse(text), IsOk());
}

}  // namespace
}  // namespace daftar::decision
