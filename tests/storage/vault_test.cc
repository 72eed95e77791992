#include "storage/vault.h"

#include "tests/support/fakes.h"
#include "tests/support/status_matchers.h"

namespace daftar::storage {
namespace {

using crypto::AsBytes;
using crypto::Bytes;
using ::daftar::testing::FakeEntropy;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;
using Code = absl::StatusCode;

class VaultTest : public ::testing::Test {
 protected:
  FakeEntropy entropy_;
  crypto::Secret32 data_key_ = entropy_.Secret();
  Vault vault_{data_key_, entropy_};
};

TEST_F(VaultTest, SealedRowOpensWhereItWasPut) {
  const Bytes sealed = vault_.Seal(Column::kCustomers, AsBytes("row"), AsBytes("+6281234567890"));
  const auto opened = vault_.Open(Column::kCustomers, AsBytes("row"), sealed);
  DAFTAR_ASSERT_OK(opened);
  EXPECT_EQ(opened->ExposeText(), "+6281234567890");
  EXPECT_THAT(std::string(crypto::AsText(sealed)), Not(HasSubstr("812345")));
}

TEST_F(VaultTest, EmptyValueSealsAndOpens) {
  const Bytes sealed = vault_.Seal(Column::kOrders, {}, {});
  const auto opened = vault_.Open(Column::kOrders, {}, sealed);
  DAFTAR_ASSERT_OK(opened);
  EXPECT_TRUE(opened->empty());
}

TEST_F(VaultTest, MovedRowIsRefused) {
  const Bytes sealed = vault_.Seal(Column::kCustomers, AsBytes("row"), AsBytes("value"));
  EXPECT_THAT(vault_.Open(Column::kCustomers, AsBytes("row2"), sealed),
              StatusIs(Code::kDataLoss, HasSubstr("customers")));
  EXPECT_THAT(vault_.Open(Column::kCustomers, AsBytes("ro"), sealed), StatusIs(Code::kDataLoss));
  EXPECT_THAT(vault_.Open(Column::kOrders, AsBytes("row"), sealed), StatusIs(Code::kDataLoss));
}

TEST_F(VaultTest, DamagedRowIsRefused) {
  const Bytes sealed = vault_.Seal(Column::kCustomers, AsBytes("row"), AsBytes("value"));
  for (size_t byte = 0; byte < sealed.size(); ++byte) {
    Bytes bad = sealed;
    bad[byte] ^= 0x40;
    EXPECT_THAT(vault_.Open(Column::kCustomers, AsBytes("row"), bad), StatusIs(Code::kDataLoss));
  }
  for (size_t length = 0; length < sealed.size(); ++length) {
    const Bytes cut(sealed.begin(), sealed.begin() + static_cast<ptrdiff_t>(length));
    EXPECT_THAT(vault_.Open(Column::kCustomers, AsBytes("row"), cut), StatusIs(Code::kDataLoss));
  }
}

TEST_F(VaultTest, AnotherNodesRowIsRefused) {
  const crypto::Secret32 other_key = entropy_.Secret();
  const Vault other(other_key, entropy_);
  const Bytes sealed = other.Seal(Column::kCustomers, AsBytes("row"), AsBytes("value"));
  EXPECT_THAT(vault_.Open(Column::kCustomers, AsBytes("row"), sealed), StatusIs(Code::kDataLoss));
}

TEST_F(VaultTest, SealingTwiceGivesDifferentBytes) {
  EXPECT_NE(vault_.Seal(Column::kCustomers, AsBytes("row"), AsBytes("value")),
            vault_.Seal(Column::kCustomers, AsBytes("row"), AsBytes("value")));
}

TEST_F(VaultTest, VaultOfTheSameKeyOpensAndTagsAlike) {
  const Vault again(data_key_, entropy_);
  const Bytes sealed = vault_.Seal(Column::kUsers, AsBytes("row"), AsBytes("value"));
  DAFTAR_EXPECT_OK(again.Open(Column::kUsers, AsBytes("row"), sealed));
  EXPECT_EQ(vault_.Tag("book", "phone", "+62812"), again.Tag("book", "phone", "+62812"));
}

TEST_F(VaultTest, TagsDifferByPurposeTypeValueAndKey) {
  const BlindTag tag = vault_.Tag("book", "phone", "+62812");
  EXPECT_EQ(tag, vault_.Tag("book", "phone", "+62812"));
  EXPECT_NE(tag, vault_.Tag("lookup", "phone", "+62812"));
  EXPECT_NE(tag, vault_.Tag("book", "email", "+62812"));
  EXPECT_NE(tag, vault_.Tag("book", "phone", "+62813"));
  // Where one part ends and the next begins counts.
  EXPECT_NE(vault_.Tag("ab", "c", "d"), vault_.Tag("a", "bc", "d"));
  EXPECT_NE(vault_.Tag("a", "bc", "d"), vault_.Tag("a", "b", "cd"));
  const crypto::Secret32 other_key = entropy_.Secret();
  EXPECT_NE(tag, Vault(other_key, entropy_).Tag("book", "phone", "+62812"));
}

// Rows of this version must open in later ones.
TEST_F(VaultTest, TagIsTheOneOfTheFirstVersion) {
  const auto key = crypto::Secret32::Create(Bytes(32, 7));
  DAFTAR_ASSERT_OK(key);
  EXPECT_EQ(Vault(*key, entropy_).Tag("book", "phone", "+6281234567890").hex(),
            "30123839de7cd10fd10205929959a87deac78f1dd41aadce5ac4ec346f9bda3f");
}

}  // namespace
}  // namespace daftar::storage
