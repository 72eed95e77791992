#include "node/decision/ledger_file.h"

#include <sstream>

#include "tests/support/status_matchers.h"

namespace daftar::decision {
namespace {

using daftar::testing::IsOk;
using daftar::testing::StatusIs;
using identity::Region;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kMapping = R"(version = 1
[identifiers]
phone = "{phone}"
handle = "shop/{user}"
[customer]
name = "{name}"
[order]
invoice = "{no}"
invoice_date = "{date}"
due_date = "{due}"
due_days = 14
paid_date = "{paid}"
amount = "{total}"
currency = "{currency}"
disputed = "{disputed}"
disputed_yes = ["yes"]
date_formats = ["%Y-%m-%d", "%d.%m.%Y"]
)";
constexpr std::string_view kHeader = "phone,user,name,no,date,due,paid,total,currency,disputed\n";

struct ReadResult {
  absl::Status status;
  std::vector<OrderRow> rows;
  std::vector<LedgerRefusal> refusals;
};

ReadResult ReadText(const std::string& csv, std::string_view mapping = kMapping) {
  ReadResult result;
  std::istringstream stream(csv);
  auto parsed = LedgerMapping::Parse(mapping, MappingKind::kOrders, Region::kIndonesia);
  if (!parsed.ok()) return {parsed.status(), {}, {}};
  const OrderSink sink{[&result](OrderRow row) {
                         result.rows.push_back(std::move(row));
                         return true;
                       },
                       [&result](LedgerRefusal refusal) {
                         result.refusals.push_back(std::move(refusal));
                         return true;
                       }};
  result.status = ReadOrders(stream, *parsed, sink);
  return result;
}

ReadResult ReadLine(const std::string& line) {
  return ReadText(std::string(kHeader) + line + "\n");
}

TEST(LedgerFileTest, ReadsAnOrderWhole) {
  const ReadResult result = ReadLine(
      "0812-3456-7890,Budi01,Budi,INV-1,2026-01-05,2026-02-05,7.2.2026,\"4,500,000\",IDR,Yes");
  ASSERT_THAT(result.status, IsOk());
  ASSERT_EQ(result.rows.size(), 1u) << result.refusals.at(0).reason;
  const OrderRow& row = result.rows[0];
  EXPECT_EQ(row.line, 2u);
  ASSERT_EQ(row.identifiers.size(), 2u);
  EXPECT_EQ(row.identifiers[0].value(), "+6281234567890");
  EXPECT_EQ(row.identifiers[1].value(), "shop/budi01");
  EXPECT_EQ(row.name, "Budi");
  EXPECT_EQ(row.invoice, "INV-1");
  EXPECT_EQ(row.invoiced.ToString(), "2026-01-05");
  EXPECT_EQ(row.due.ToString(), "2026-02-05");
  EXPECT_EQ(row.paid.ToString(), "2026-02-07");
  EXPECT_EQ(row.amount.minor, 450'000'000u);
  EXPECT_EQ(row.amount.currency.code(), "IDR");
  EXPECT_TRUE(row.disputed);
}

TEST(LedgerFileTest, AbsentIdentifiersAndDatesAreLeftOut) {
  const ReadResult result = ReadLine(",budi,,INV-1,2026-01-05,,,55.94,USD,no");
  ASSERT_EQ(result.rows.size(), 1u);
  EXPECT_EQ(result.rows[0].identifiers.size(), 1u);
  EXPECT_EQ(result.rows[0].due.ToString(), "2026-01-19");
  EXPECT_FALSE(result.rows[0].paid.has_value());
  EXPECT_EQ(result.rows[0].amount.minor, 5'594u);
  EXPECT_FALSE(result.rows[0].disputed);
}

TEST(LedgerFileTest, UnusableLinesAreRefusedByLineWithoutTheirContent) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {",,,INV-1,2026-01-05,,,1,IDR,", "no identifier"},
      {"0812,secret,,INV-1,2026-01-05,,,1,IDR,", "phone"},
      {",secret,,,2026-01-05,,,1,IDR,", "no invoice number"},
      {",secret,,INV-1,,,,1,IDR,", "no invoice date"},
      {",secret,,INV-1,secret,,,1,IDR,", "invoice date is not a date"},
      {",secret,,INV-1,2026-01-05,31.2.2026,,1,IDR,", "due date"},
      {",secret,,INV-1,2026-01-05,,soon,1,IDR,", "paid date"},
      {",secret,,INV-1,2026-01-05,,,secret,IDR,", "amount"},
      {",secret,,INV-1,2026-01-05,,,-5,IDR,", "negative"},
      {",secret,,INV-1,2026-01-05,,,(5),IDR,", "negative"},
      {",secret,,INV-1,2026-01-05,,,\"55,94\",USD,", "grouped"},
      {",secret,,INV-1,2026-01-05,,,1.234,USD,", "amount"},
      {",secret,,INV-1,2026-01-05,,,,USD,", "amount"},
      {",secret,,INV-1,2026-01-05,,,1,secret,", "currency"},
      {",secret,,INV-1,2026-01-05,,,1,IDR", "has 9 fields where the first line has 10"},
      {",secret,,INV-1,2026-01-05,,,1,IDR,,x", "has 11 fields"},
      {",secret,\x01,INV-1,2026-01-05,,,1,IDR,", "control characters"},
      {",secret,\xE2\x80\xAE,INV-1,2026-01-05,,,1,IDR,", "direction marks"},
      {",secret,\xff,INV-1,2026-01-05,,,1,IDR,", "UTF-8"},
      {",secret,," + std::string(129, 'i') + ",2026-01-05,,,1,IDR,", "invoice number"},
      {",\"secret\"x,,INV-1,2026-01-05,,,1,IDR,", "quote"},
  };
  for (const auto& [line, words] : cases) {
    const ReadResult result = ReadLine(line + "\n,good,,INV-2,2026-01-05,,,1,IDR,");
    EXPECT_THAT(result.status, IsOk());
    ASSERT_EQ(result.refusals.size(), 1u) << line;
    EXPECT_EQ(result.refusals[0].line, 2u) << line;
    EXPECT_THAT(result.refusals[0].reason, AllOf(HasSubstr(words), Not(HasSubstr("secret"))));
    EXPECT_EQ(result.rows.size(), 1u) << line;
  }
}

TEST(LedgerFileTest, AmountsAreReadAsPeopleWriteThem) {
  const auto minor = [](const std::string& amount, bool comma) -> std::string {
    std::string mapping(kMapping);
    if (comma) mapping += "decimal = \"comma\"\n";
    const ReadResult result =
        ReadText(std::string(kHeader) + ",a,,1,2026-01-05,,,\"" + amount + "\",USD,\n", mapping);
    return result.rows.empty() ? "refused" : std::to_string(result.rows[0].amount.minor);
  };
  EXPECT_EQ(minor("1,234.56", false), "123456");
  EXPECT_EQ(minor("1,234,567", false), "123456700");
  EXPECT_EQ(minor("1234.5", false), "123450");
  EXPECT_EQ(minor("10.000", false), "1000");
  EXPECT_EQ(minor("0", false), "0");
  EXPECT_EQ(minor("1.234,56", true), "123456");
  EXPECT_EQ(minor("55,94", true), "5594");
  EXPECT_EQ(minor("1.234", true), "123400");
  EXPECT_EQ(minor("12,34,567", false), "refused");
  EXPECT_EQ(minor(",123", false), "refused");
  EXPECT_EQ(minor("1,,234", false), "refused");
  EXPECT_EQ(minor("1234,567", false), "refused");
  EXPECT_EQ(minor("1.2.3", false), "refused");
  EXPECT_EQ(minor("1.234,5", false), "refused");
  EXPECT_EQ(minor("$5", false), "refused");
  EXPECT_EQ(minor(".", false), "refused");
  EXPECT_EQ(minor("99999999999999999999", false), "refused");
}

TEST(LedgerFileTest, HeaderWithoutAMappedColumnIsRefusedBeforeAnyLine) {
  const ReadResult result = ReadText("phone,user\n1,2\n");
  EXPECT_THAT(result.status,
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no column named 'name'")));
  EXPECT_THAT(ReadText("").status,
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("empty")));
  EXPECT_THAT(ReadText("\"a\nb").status, StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(LedgerFileTest, AFileThatIsNoTextIsSaidToBeNone) {
  using namespace std::string_literals;
  const auto no_text =
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("be unpacked first (gunzip FILE)"));
  // As gzip, xz, zip and a spreadsheet's UTF-16 begin.
  for (const std::string& file :
       {"\x1f\x8b\x08\x08\x90\x15"s, "\xfd"s + "7zXZ\0\0\x04"s, "PK\x03\x04\x14\0\x06"s,
        "\xff\xfe"s + "p\0h\0o\0"s, "\"\x1f\x8b\"x\n"s}) {
    EXPECT_THAT(ReadText(file + "\n1,2\n").status, no_text);
  }
  // A column's name may have letters of any kind, and a line end in quotes.
  EXPECT_THAT(ReadText("\"Nama\npembeli\tlama\",\xc3\xa9\n").status,
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no column named")));
}

TEST(LedgerFileTest, StopsWhenTheSinkSaysSo) {
  std::istringstream stream(std::string(kHeader) +
                            ",a,,1,2026-01-05,,,1,IDR,\n,a,,2,2026-01-05,,,1,IDR,\n");
  int rows = 0;
  const OrderSink sink{[&rows](OrderRow) { return ++rows < 1; },
                       [](LedgerRefusal) { return true; }};
  EXPECT_THAT(
      ReadOrders(stream, *LedgerMapping::Parse(kMapping, MappingKind::kOrders, Region::kIndonesia),
                 sink),
      StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(rows, 1);
}

TEST(LedgerFileTest, CustomersAreReadByHeaderOrMapping) {
  std::istringstream stream("\xEF\xBB\xBFname,phone,email\nSiti,0812 3456 7890,\n,,\n,,a@b@c\n");
  std::vector<CustomerRow> rows;
  std::vector<LedgerRefusal> refusals;
  const CustomerSink sink{[&rows](CustomerRow row) {
                            rows.push_back(std::move(row));
                            return true;
                          },
                          [&refusals](LedgerRefusal refusal) {
                            refusals.push_back(std::move(refusal));
                            return true;
                          }};
  ASSERT_THAT(ReadCustomers(stream, std::nullopt, Region::kIndonesia, sink), IsOk());
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].name, "Siti");
  EXPECT_EQ(rows[0].identifiers[0].value(), "+6281234567890");
  ASSERT_EQ(refusals.size(), 2u);
  EXPECT_THAT(refusals[0].reason, HasSubstr("no identifier"));
  EXPECT_THAT(refusals[1].reason, HasSubstr("email"));
}

}  // namespace
}  // namespace daftar::decision
