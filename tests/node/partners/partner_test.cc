#include "node/partners/partner.h"

#include <gtest/gtest.h>

#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::StatusIs;

TEST(Endpoint, HostAndPortAreNeeded) {
  for (const char* good : {"node.example:8471", "127.0.0.1:1", "[2001:db8::1]:65535", "a_b-c:80"}) {
    DAFTAR_EXPECT_OK(CheckEndpoint(good)) << good;
  }
  for (const char* bad : {"", ":1", "host", "host:", "host:0", "host:65536", "host:8x",
                          "2001:db8::1:1", "[]:1", "ho st:1", "host:123456", "[::1]", "host\n:1"}) {
    EXPECT_THAT(CheckEndpoint(bad), StatusIs(absl::StatusCode::kInvalidArgument)) << bad;
  }
  EXPECT_THAT(CheckEndpoint(std::string(kMaxEndpointBytes, 'a') + ":1"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(Endpoint, OnlyTheUnspecifiedAddressIsNotOffered) {
  EXPECT_FALSE(IsOffered("0.0.0.0:1"));
  EXPECT_FALSE(IsOffered("[::]:1"));
  EXPECT_TRUE(IsOffered("127.0.0.1:1"));
  EXPECT_TRUE(IsOffered("node.example:1"));
}

class CardTest : public ::testing::Test {
 protected:
  SimCircle circle_;
  testing::SimNode& node_ = circle_.Add("toko-a.test");
  NodeCard card_ = *node_->Card();
};

TEST_F(CardTest, AWholeCardIsAccepted) { DAFTAR_EXPECT_OK(CheckCard(card_)); }

TEST_F(CardTest, EachAlteredPartIsRefused) {
  NodeCard other = *circle_.Add("toko-b.test")->Card();
  const auto refused = [&](const std::function<void(NodeCard&)>& alter) {
    NodeCard altered = card_;
    alter(altered);
    EXPECT_THAT(CheckCard(altered), StatusIs(absl::StatusCode::kInvalidArgument));
  };
  refused([](NodeCard& card) { card.origin = "toko-x.test"; });
  refused([](NodeCard& card) { card.origin = "Toko A"; });
  refused([](NodeCard& card) { card.name = "a\nb"; });
  refused([](NodeCard& card) { card.name = std::string(kMaxNodeNameBytes + 1, 'a'); });
  refused([](NodeCard& card) { card.endpoint = "nowhere"; });
  refused([&](NodeCard& card) { card.certificate_pem = other.certificate_pem; });
  refused([](NodeCard& card) { card.certificate_pem.clear(); });
  refused([&](NodeCard& card) { card.first_leaf = other.first_leaf; });
  refused([&](NodeCard& card) { card.first_body = other.first_body; });
  refused([](NodeCard& card) { card.first_leaf.back() ^= 1; });
  refused([](NodeCard& card) { card.first_body.back() ^= 1; });
  refused([](NodeCard& card) { card.first_leaf.pop_back(); });
}

TEST_F(CardTest, PartnerRowRoundTripsAndRefusesDamage) {
  Partner partner;
  partner.origin = "toko-b.test";
  partner.name = "Toko B";
  partner.endpoint = "b.example:1";
  partner.status = PartnerStatus::kSuspended;
  partner.certificate_pem = card_.certificate_pem;
  partner.log = storage::LogNumber{17};
  partner.paired_at = {5};
  crypto::Bytes row = partner.Encode();
  auto decoded = Partner::Decode(row);
  DAFTAR_ASSERT_OK(decoded);
  EXPECT_EQ(*decoded, partner);
  EXPECT_THAT(Partner::Decode(crypto::ByteView(row).first(row.size() - 1)),
              StatusIs(absl::StatusCode::kDataLoss));
  // Version 1 ended where a succession begins.
  row.pop_back();
  row[0] = 1;
  decoded = Partner::Decode(row);
  DAFTAR_ASSERT_OK(decoded);
  EXPECT_EQ(*decoded, partner);
  Succession succession;
  succession.origin = "toko-b2.test";
  succession.size = 7;
  succession.stage = SuccessionStage::kAccepted;
  partner.succession = succession;
  row = partner.Encode();
  decoded = Partner::Decode(row);
  DAFTAR_ASSERT_OK(decoded);
  EXPECT_EQ(*decoded, partner);
  EXPECT_TRUE(decoded->replaced());
  const size_t stage = row.size() - (1 + 2 + succession.origin.size() + 32 + 8 + 32);
  ASSERT_EQ(row[stage], 2);
  row[stage] = 4;  // contested: it waits still
  decoded = Partner::Decode(row);
  DAFTAR_ASSERT_OK(decoded);
  EXPECT_FALSE(decoded->replaced());
  row[stage] = 5;
  EXPECT_THAT(Partner::Decode(row), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace daftar::partners
