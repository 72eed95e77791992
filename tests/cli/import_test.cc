#include "cli/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/cli/cli_support.h"
#include "tests/support/status_matchers.h"

namespace daftar::cli {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kMapping[] = R"(
version = 1
region = "ID"
[identifiers]
phone = "{phone}"
[order]
date_formats = ["%Y-%m-%d"]
invoice = "{invoice}"
invoice_date = "{date}"
due_days = 14
paid_date = "{paid}"
amount = "{amount}"
currency = "IDR"
)";

decision::LedgerMapping Mapping() {
  auto mapping =
      ParseMapping("map.toml", kMapping, decision::MappingKind::kOrders, "", std::nullopt);
  EXPECT_THAT(mapping, IsOk());
  return *std::move(mapping);
}

std::string Invoices(int count) {
  std::string csv = "phone,invoice,date,paid,amount\n";
  for (int i = 0; i < count; ++i) {
    csv += "0812-3456-7890,INV-" + std::to_string(i) + ",2026-01-05,,1500\n";
  }
  return csv;
}

// Counts the rows as added and keeps the requests.
struct Node {
  std::vector<v1::ImportOrdersRequest> requests;
  absl::Status fail;
  int fail_from = 1 << 30;  // this request and later ones

  SendOrders Send() {
    return [this](v1::ImportOrdersRequest request) -> absl::StatusOr<v1::ImportOrdersResponse> {
      if (static_cast<int>(requests.size()) >= fail_from) return fail;
      v1::ImportOrdersResponse response;
      response.set_added(static_cast<uint64_t>(request.rows_size()));
      response.set_names_kept(1);
      requests.push_back(std::move(request));
      return response;
    };
  }
};

TEST(ImportOrdersTest, RowsGoOutInBatchesOfFiveHundred) {
  Node node;
  std::istringstream csv(Invoices(1201));
  std::vector<uint64_t> progress;
  const auto result =
      ImportOrders(csv, Mapping(), node.Send(),
                   {.file = "orders.csv", .stopped = {}, .progress = [&](uint64_t line) {
                      progress.push_back(line);
                    }});
  ASSERT_THAT(result, IsOk());
  std::vector<int> sizes;
  for (const auto& request : node.requests) sizes.push_back(request.rows_size());
  EXPECT_THAT(sizes, ElementsAre(500, 500, 201));
  EXPECT_THAT(progress, ElementsAre(501, 1001, 1202));
  EXPECT_EQ(result->read, 1201u);
  EXPECT_EQ(result->names_kept, 3u);  // one of each batch
  EXPECT_EQ(result->added, 1201u);
  EXPECT_EQ(result->refused, 0u);
  EXPECT_EQ(result->last_line, 1202u);
  EXPECT_TRUE(result->complete);
}

TEST(ImportOrdersTest, RowIsSentAsTypedNormalisedValues) {
  Node node;
  std::istringstream csv(
      "phone,invoice,date,paid,amount\n0812-3456-7890,INV-7,2026-01-05,2026-02-01,1500.50\n");
  ASSERT_THAT(ImportOrders(csv, Mapping(), node.Send(), {}), IsOk());
  ASSERT_EQ(node.requests.size(), 1u);
  const v1::OrderRow& row = node.requests[0].rows(0);
  EXPECT_EQ(row.line(), 2u);
  ASSERT_EQ(row.identifiers_size(), 1);
  EXPECT_EQ(row.identifiers(0).phone(), "+6281234567890");
  EXPECT_EQ(row.invoice(), "INV-7");
  EXPECT_EQ(row.invoiced(), "2026-01-05");
  EXPECT_EQ(row.due(), "2026-01-19");
  EXPECT_EQ(row.paid(), "2026-02-01");
  EXPECT_EQ(row.amount().minor(), 150050u);
  EXPECT_EQ(row.amount().currency(), "IDR");
  EXPECT_FALSE(row.disputed());
}

TEST(ImportOrdersTest, RefusalsOfTheFileAndOfTheNodeAreToldInOrderOfLines) {
  std::istringstream csv(
      "phone,invoice,date,paid,amount\n"
      "0812-3456-7890,A,2026-01-05,,1\n"
      "0812-3456-7890,B,05/01/2026,,1\n"
      "0812-3456-7890,C,2026-01-05,,1\n");
  const SendOrders send =
      [](const v1::ImportOrdersRequest& request) -> absl::StatusOr<v1::ImportOrdersResponse> {
    v1::ImportOrdersResponse response;
    response.set_unchanged(static_cast<uint64_t>(request.rows_size()) - 1);
    auto* refusal = response.add_refused();
    refusal->set_line(request.rows(0).line());
    refusal->set_why("two customers have this identifier");
    return response;
  };
  const auto result = ImportOrders(csv, Mapping(), send, {});
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->read, 3u);
  EXPECT_EQ(result->unchanged, 1u);
  EXPECT_EQ(result->refused, 2u);
  ASSERT_EQ(result->refusals.size(), 2u);
  EXPECT_EQ(result->refusals[0].line, 2u);
  EXPECT_EQ(result->refusals[0].why, "two customers have this identifier");
  EXPECT_EQ(result->refusals[1].line, 3u);
  EXPECT_THAT(result->refusals[1].why, HasSubstr("invoice date"));
}

TEST(ImportOrdersTest, OnlySoManyRefusalsAreKeptAndAllAreCounted) {
  std::string csv = "phone,invoice,date,paid,amount\n";
  for (size_t i = 0; i < kMaxRefusedKept + 5; ++i) csv += "x,y,z,,1\n";
  std::istringstream stream(csv);
  Node node;
  const auto result = ImportOrders(stream, Mapping(), node.Send(), {});
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->refused, kMaxRefusedKept + 5);
  EXPECT_EQ(result->refusals.size(), kMaxRefusedKept);
  EXPECT_TRUE(node.requests.empty());
  EXPECT_EQ(result->last_line, kMaxRefusedKept + 6);
}

TEST(ImportOrdersTest, StoppedImportSendsWhatItHasReadAndSaysHowFar) {
  Node node;
  std::istringstream csv(Invoices(1201));
  int asked = 0;
  const auto result = ImportOrders(
      csv, Mapping(), node.Send(),
      {.file = "orders.csv", .stopped = [&] { return ++asked > 620; }, .progress = {}});
  ASSERT_THAT(result, IsOk());
  EXPECT_FALSE(result->complete);
  EXPECT_EQ(result->read, 621u);
  EXPECT_EQ(result->added, 621u);
  EXPECT_EQ(result->last_line, 622u);
}

TEST(ImportOrdersTest, NodeThatFailsEndsTheImportWithTheLineThatIsIn) {
  Node node;
  node.fail = absl::UnavailableError("gone");
  node.fail_from = 1;
  std::istringstream csv(Invoices(1201));
  EXPECT_THAT(
      ImportOrders(csv, Mapping(), node.Send(), {}),
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr("gone (everything up to line 501 is in")));
  EXPECT_EQ(node.requests.size(), 1u);
}

TEST(ImportOrdersTest, NodeThatFailsAtOnceSaysThatNothingIsIn) {
  Node node;
  node.fail = absl::PermissionDeniedError("no");
  node.fail_from = 0;
  std::istringstream csv(Invoices(3));
  EXPECT_THAT(ImportOrders(csv, Mapping(), node.Send(), {}),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("nothing was imported")));
}

TEST(ImportOrdersTest, FileWithoutTheMappingsColumnIsRefusedBeforeAnythingIsSent) {
  Node node;
  std::istringstream csv("phone,number\n");
  EXPECT_THAT(ImportOrders(csv, Mapping(), node.Send(), {}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_TRUE(node.requests.empty());
}

TEST(ImportCustomersTest, HeaderDecidesWithoutAMapping) {
  std::vector<v1::ImportCustomersRequest> requests;
  const SendCustomers send = [&](v1::ImportCustomersRequest request) {
    requests.push_back(std::move(request));
    return v1::ImportCustomersResponse();
  };
  std::istringstream csv("name,phone,email\nSari,0812-3456-7890,s@b.test\n");
  const auto result = ImportCustomers(csv, std::nullopt, identity::Region::kIndonesia, send, {});
  ASSERT_THAT(result, IsOk());
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].rows(0).name(), "Sari");
  EXPECT_EQ(requests[0].rows(0).identifiers_size(), 2);
}

constexpr auto kOrders = decision::MappingKind::kOrders;

std::string WithoutRegion() {
  std::string without = kMapping;
  without.erase(without.find("region = \"ID\"\n"), 14);
  return without;
}

TEST(ParseMappingTest, OptionWinsOverTheMappingAndTheMappingOverTheNode) {
  const auto singapore = identity::Region::kSingapore;
  EXPECT_EQ(ParseMapping("map.toml", kMapping, kOrders, "SG", std::nullopt)->region, singapore);
  EXPECT_EQ(ParseMapping("map.toml", kMapping, kOrders, "", singapore)->region,
            identity::Region::kIndonesia);
  EXPECT_EQ(ParseMapping("map.toml", WithoutRegion(), kOrders, "", singapore)->region, singapore);
  EXPECT_EQ(ParseMapping("map.toml", WithoutRegion(), kOrders, "MY", singapore)->region,
            identity::Region::kMalaysia);
  EXPECT_THAT(ParseMapping("map.toml", kMapping, kOrders, "XX", singapore),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--region")));
}

TEST(ParseMappingTest, PhoneColumnWithoutAnyRegionIsRefused) {
  EXPECT_THAT(ParseMapping("map.toml", WithoutRegion(), kOrders, "", std::nullopt),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--region ID")));
  std::string handle = WithoutRegion();
  handle.replace(handle.find("phone = \"{phone}\""), 17, "handle = \"x/{c}\"");
  EXPECT_THAT(ParseMapping("map.toml", handle, kOrders, "", std::nullopt), IsOk());
}

TEST(RegionOfNodeTest, StandsInTheConfiguration) {
  const TestFolder folder;
  EXPECT_EQ(RegionOfNode(folder.path()), std::nullopt);
  folder.File("config.toml", "name = \"A\"\nregion = \"MY\"\n[peer]\nlisten = \"a:1\"\n");
  EXPECT_EQ(RegionOfNode(folder.path()), identity::Region::kMalaysia);
  folder.File("config.toml", "region = \"XX\"\n");
  EXPECT_EQ(RegionOfNode(folder.path()), std::nullopt);
  folder.File("config.toml", "region = ");
  EXPECT_EQ(RegionOfNode(folder.path()), std::nullopt);
  EXPECT_EQ(RegionOfNode(""), std::nullopt);
}

}  // namespace
}  // namespace daftar::cli
