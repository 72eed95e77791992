#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "cli/json.h"
#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

using ::testing::HasSubstr;

constexpr char kMapping[] =
    "version = 1\n[identifiers]\nhandle = \"ibm/{customer}\"\n[order]\n"
    "date_formats = [\"%m/%d/%Y\"]\ninvoice = \"{number}\"\ninvoice_date = \"{date}\"\n"
    "due_date = \"{due}\"\npaid_date = \"{paid}\"\namount = \"{amount}\"\ncurrency = \"USD\"\n";
constexpr char kInvoices[] =
    "customer,number,date,due,paid,amount\n"
    "0379-NEVHP,611365,1/2/2013,2/1/2013,1/15/2013,55.94\n"
    "8976-AMJEO,7900770,1/26/2013,2/25/2013,,61.74\n";

class ImportCommandTest : public ::testing::Test {
 protected:
  ImportCommandTest() {
    node_.import_orders = [this](const v1::ImportOrdersRequest& request,
                                 v1::ImportOrdersResponse& response) {
      orders_.push_back(request);
      response.set_added(static_cast<uint64_t>(request.rows_size()));
      return grpc::Status::OK;
    };
    node_.import_customers = [this](const v1::ImportCustomersRequest& request,
                                    v1::ImportCustomersResponse& response) {
      customers_.push_back(request);
      response.set_added(static_cast<uint64_t>(request.rows_size()));
      return grpc::Status::OK;
    };
  }
  FakeNode node_;
  std::vector<v1::ImportOrdersRequest> orders_;
  std::vector<v1::ImportCustomersRequest> customers_;
  std::string map_ = node_.folder().File("map.toml", kMapping);
};

TEST_F(ImportCommandTest, InvoicesReachTheNode) {
  const std::string file = node_.folder().File("invoices.csv", kInvoices);
  const Ran ran = node_.Run({"ledger", "import", file, "--map", map_});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("Added       2\n"));
  EXPECT_EQ(ran.err, "");
  ASSERT_EQ(orders_.size(), 1u);
  EXPECT_EQ(orders_[0].rows(0).identifiers(0).handle(), "ibm/0379-nevhp");
  EXPECT_EQ(orders_[0].rows(0).amount().minor(), 5594u);
  EXPECT_EQ(orders_[0].rows(1).paid(), "");
}

TEST_F(ImportCommandTest, StandardInputIsReadForADash) {
  const Ran ran =
      node_.Run({"ledger", "import", "-", "--map", map_, "--output", "json"}, "", kInvoices);
  EXPECT_EQ(ran.code, 0) << ran.err;
  const Json document = Json::parse(ran.out, nullptr, false);
  EXPECT_EQ(document["read"], 2);
  EXPECT_EQ(document["complete"], true);
}

TEST_F(ImportCommandTest, RefusedLinesAreToldAndTheExitCodeSaysSo) {
  const std::string file =
      node_.folder().File("invoices.csv", std::string(kInvoices) + "x,1,2013-01-01,,,5\n");
  const Ran ran = node_.Run({"ledger", "import", file, "--map", map_});
  EXPECT_EQ(ran.code, kExitData);
  EXPECT_THAT(ran.out, HasSubstr("line 4: invoice date"));
  EXPECT_EQ(orders_[0].rows_size(), 2);
}

// Ctrl-C while a batch is with the node: what was read is in, and the message says up to where.
TEST_F(ImportCommandTest, CtrlCStopsAfterWhatWasReadAndSaysHowFarItCame) {
  constexpr int kRows = 40'000;
  std::string text = "customer,number,date,due,paid,amount\n";
  for (int i = 0; i < kRows; ++i) {
    text += "0379-NEVHP," + std::to_string(i) + ",1/2/2013,2/1/2013,1/15/2013,55.94\n";
  }
  const std::string file = node_.folder().File("many.csv", text);
  const auto import = node_.import_orders;
  node_.import_orders = [&](const v1::ImportOrdersRequest& request,
                            v1::ImportOrdersResponse& response) {
    kill(getpid(), SIGINT);
    return import(request, response);
  };
  const Ran ran = node_.Run({"ledger", "import", file, "--map", map_});
  EXPECT_EQ(ran.code, kExitInterrupted) << ran.err;
  int sent = 0;
  for (const auto& batch : orders_) sent += batch.rows_size();
  EXPECT_GT(sent, 0);
  EXPECT_LT(sent, kRows);
  EXPECT_THAT(ran.out, HasSubstr("Added       " + std::to_string(sent) + "\n"));
  EXPECT_THAT(ran.err, HasSubstr("stopped after line " + std::to_string(sent + 1) +
                                 ": everything up to it is in"));
  // Every row once and in order, so that running it again completes it.
  int line = 1;
  for (const auto& batch : orders_) {
    for (const auto& row : batch.rows()) EXPECT_EQ(row.line(), static_cast<uint64_t>(++line));
  }
}

TEST_F(ImportCommandTest, FilesThatAreNotThereAreNamed) {
  const std::string file = node_.folder().File("invoices.csv", kInvoices);
  const Ran no_file = node_.Run({"ledger", "import", "/nonexistent.csv", "--map", map_});
  EXPECT_EQ(no_file.code, kExitNotFound);
  EXPECT_THAT(no_file.err, HasSubstr("cannot read the file /nonexistent.csv: No such file"));
  const Ran no_map = node_.Run({"ledger", "import", file, "--map", "/nonexistent.toml"});
  EXPECT_EQ(no_map.code, kExitNotFound);
  EXPECT_THAT(no_map.err, HasSubstr("cannot read the mapping /nonexistent.toml"));
  EXPECT_EQ(node_.Run({"ledger", "import", node_.dir(), "--map", map_}).code, kExitUsage);
}

TEST_F(ImportCommandTest, AFileThatTheMappingDoesNotFitIsNamed) {
  const std::string file = node_.folder().File("other.csv", "customer,number\n");
  const Ran ran = node_.Run({"ledger", "import", file, "--map", map_});
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr(file + ": the file's first line has no column named"));
  const Ran piped = node_.Run({"ledger", "import", "-", "--map", map_}, "", "customer,number\n");
  EXPECT_THAT(piped.err, HasSubstr("standard input: the file's first line"));
}

TEST_F(ImportCommandTest, WrongMappingIsToldWithItsFileAndPlace) {
  const std::string file = node_.folder().File("invoices.csv", kInvoices);
  const std::string bad = node_.folder().File("bad.toml", std::string("surprise = 2\n") + kMapping);
  const Ran ran = node_.Run({"ledger", "import", file, "--map", bad});
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr(bad + ": mapping"));
  EXPECT_THAT(ran.err, HasSubstr("surprise"));
  const Ran customers = node_.Run({"customer", "import", file, "--map", bad});
  EXPECT_THAT(customers.err, HasSubstr(bad + ": mapping"));
}

TEST_F(ImportCommandTest, CustomersWithoutMappingNeedARegionForPhonesOnly) {
  const std::string phones = node_.folder().File("phones.csv", "name,phone\nSari,0812-3456-7890\n");
  EXPECT_EQ(node_.Run({"customer", "import", phones}).code, kExitUsage);
  EXPECT_THAT(node_.Run({"customer", "import", phones}).err, HasSubstr("--region"));
  EXPECT_EQ(node_.Run({"customer", "import", phones, "--region", "ID"}).code, 0);
  EXPECT_EQ(customers_.back().rows(0).identifiers(0).phone(), "+6281234567890");
  const std::string emails = node_.folder().File("emails.csv", "name,email\nSari,s@b.test\n");
  EXPECT_EQ(node_.Run({"customer", "import", emails}).code, 0);
  EXPECT_EQ(customers_.back().rows(0).identifiers(0).email(), "s@b.test");
  EXPECT_EQ(customers_.back().rows(0).name(), "Sari");
}

TEST_F(ImportCommandTest, CustomersWithMapping) {
  const std::string map = node_.folder().File(
      "customers.toml",
      "version = 1\nregion = \"ID\"\n[identifiers]\nphone = \"{HP}\"\n[customer]\nname = "
      "\"{Nama}\"\n");
  const std::string file = node_.folder().File("c.csv", "Nama,HP\nSari,0812-3456-7890\n");
  EXPECT_EQ(node_.Run({"customer", "import", file, "--map", map}).code, 0);
  EXPECT_EQ(customers_.back().rows(0).identifiers(0).phone(), "+6281234567890");
}

TEST_F(ImportCommandTest, EmptyFileIsRefused) {
  const std::string file = node_.folder().File("empty.csv", "");
  EXPECT_EQ(node_.Run({"ledger", "import", file, "--map", map_}).code, kExitUsage);
  EXPECT_EQ(node_.Run({"customer", "import", file, "--region", "ID"}).code, kExitUsage);
}

}  // namespace
}  // namespace daftar::cli
