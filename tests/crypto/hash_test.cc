#include "crypto/hash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace daftar::crypto {
namespace {

Bytes Counting(size_t size) {
  Bytes bytes;
  for (size_t i = 0; i < size; ++i) bytes.push_back(static_cast<uint8_t>(i));
  return bytes;
}

// FIPS 180-4 examples, published by NIST.
TEST(Sha256Test, PublishedVectorsComeOut) {
  EXPECT_EQ(Sha256(ByteView()).hex(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256(AsBytes("abc")).hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256(Bytes(1000000, 'a')).hex(),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256Test, PartsAreConcatenated) {
  const Digest whole = Sha256(AsBytes("abc"));
  EXPECT_EQ(Sha256({AsBytes("a"), AsBytes("bc")}), whole);
  EXPECT_EQ(Sha256({AsBytes(""), AsBytes("ab"), ByteView(), AsBytes("c")}), whole);
  EXPECT_EQ(Sha256(Parts{}), Sha256(ByteView()));
}

TEST(Sha256Test, StreamGivesTheSameForEverySplit) {
  const Bytes bytes = Counting(200);
  const Digest whole = Sha256(bytes);
  for (size_t split = 0; split <= bytes.size(); ++split) {
    Sha256Stream stream;
    stream.Update(ByteView(bytes).first(split));
    stream.Update(ByteView(bytes).subspan(split));
    EXPECT_EQ(stream.Finish(), whole) << split;
  }
  EXPECT_EQ(Sha256Stream().Finish(), Sha256(ByteView()));
}

TEST(Sha512Test, PublishedVectorsComeOutWhole) {
  EXPECT_EQ(ToHex(Sha512({})),
            "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
            "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e");
  EXPECT_EQ(ToHex(Sha512({AsBytes("a"), AsBytes("bc")})),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

// Computed with Python's hashlib.
TEST(Blake2b256Test, VectorsComeOutWithKeysOfEveryKind) {
  EXPECT_EQ(Blake2b256({}, {AsBytes("abc")}).hex(),
            "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  EXPECT_EQ(Blake2b256(Counting(32), {AsBytes("abc")}).hex(),
            "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f");
  EXPECT_EQ(Blake2b256(Counting(64), {}).hex(),
            "2fa9fbd9be36437de204e139e97d402bce68c828f43391608c891b5faed8a98a");
  EXPECT_EQ(Blake2b256(AsBytes("k"), {Counting(200)}).hex(),
            "480acfe451872c68c30edce7f8507adc64e8b4f90e97ffd0d5669a8217f4e6a4");
}

TEST(Blake2b256Test, SecretOutputIsTheSame) {
  const Secret32 secret = Blake2b256Secret(Counting(32), {AsBytes("a"), AsBytes("bc")});
  EXPECT_EQ(ToHex(secret.Expose()), Blake2b256(Counting(32), {AsBytes("abc")}).hex());
}

// A keyed hash is not the hash of key and message.
TEST(Blake2b256Test, KeyAndMessageDoNotRunIntoEachOther) {
  EXPECT_NE(Blake2b256(AsBytes("ab"), {AsBytes("c")}), Blake2b256(AsBytes("a"), {AsBytes("bc")}));
}

}  // namespace
}  // namespace daftar::crypto
