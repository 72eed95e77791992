#include "node/service/sign_in_rows.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;

class SignInRowsTest : public ::testing::Test {
 protected:
  // What `bytes`, sealed, are as the row of siti.
  absl::StatusOr<SignInRow> Opened(const crypto::Bytes& bytes) {
    const storage::Bytes key = SignInKey("siti");
    const storage::Bytes sealed = node_->vault().Seal(storage::Column::kUsers, key, bytes);
    return OpenSignIn(node_->vault(), key, sealed);
  }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
};

TEST_F(SignInRowsTest, ARowIsReadAsItWasWritten) {
  SignInRow row;
  row.password = "$argon2id$";
  row.unconfirmed = crypto::SecretBytes(std::string_view("secret"));
  row.unconfirmed_until = {1'790'000'000'123};
  row.last_step = 7;
  row.link = LinkMark{HashOfSecret("link", "x"), {5}};
  const storage::Bytes sealed = SealSignIn(node_->vault(), "siti", row);
  auto read = OpenSignIn(node_->vault(), SignInKey("siti"), sealed);
  DAFTAR_ASSERT_OK(read);
  EXPECT_EQ(read->password, row.password);
  EXPECT_EQ(read->unconfirmed.ExposeText(), "secret");
  EXPECT_EQ(read->unconfirmed_until, row.unconfirmed_until);
  EXPECT_EQ(read->last_step, 7u);
  ASSERT_TRUE(read->link.has_value());
  EXPECT_EQ(read->link->secret, row.link->secret);
}

TEST_F(SignInRowsTest, TheFirstVersionHasNoEndOfAnUnconfirmedSecret) {
  const auto of_version = [](uint8_t version) {
    crypto::Writer writer;
    writer.U8(version).Prefixed16(crypto::AsBytes("$argon2id$"));
    writer.Prefixed8({}).Prefixed8(crypto::AsBytes("secret"));
    if (version > 1) writer.U64(9);
    return writer.U64(7).U8(0).U8(0).U8(0).U8(0).Take();
  };
  auto first = Opened(of_version(1));
  DAFTAR_ASSERT_OK(first);
  EXPECT_EQ(first->password, "$argon2id$");
  EXPECT_EQ(first->last_step, 7u);
  EXPECT_EQ(first->unconfirmed_until.value, 0) << "it has ended";
  auto second = Opened(of_version(2));
  DAFTAR_ASSERT_OK(second);
  EXPECT_EQ(second->unconfirmed_until.value, 9);
  for (const uint8_t other : {uint8_t{0}, uint8_t{3}}) {
    EXPECT_THAT(Opened(of_version(other)), StatusIs(absl::StatusCode::kDataLoss));
  }
}

}  // namespace
}  // namespace daftar::service
