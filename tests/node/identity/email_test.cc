#include "node/identity/email.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/node/identity/identity_support.h"

namespace daftar::identity {
namespace {

std::string Email(std::string_view typed) { return Result(IdentifierType::kEmail, typed); }

TEST(EmailTest, CaseAndSurroundingSpaceDoNotMatter) {
  EXPECT_EQ(Email(" Siti@Toko.ID\r\n"), "siti@toko.id");
  EXPECT_EQ(Email("siti@toko.id"), "siti@toko.id");
}

TEST(EmailTest, DotsAndTagsAreDroppedForGmailOnly) {
  EXPECT_EQ(Email("s.i.t.i+shop@gmail.com"), "siti@gmail.com");
  EXPECT_EQ(Email("s.i.t.i+shop@googlemail.com"), "siti@gmail.com");
  EXPECT_EQ(Email("s.i.t.i+shop@yahoo.com"), "s.i.t.i+shop@yahoo.com");
  EXPECT_EQ(Email("s.i.t.i+shop@gmail.com.id"), "s.i.t.i+shop@gmail.com.id");
  EXPECT_EQ(Email("s.i.t.i+shop@notgmail.com"), "s.i.t.i+shop@notgmail.com");
}

TEST(EmailTest, GmailAddressOfNothingButDotsAndTagIsRefused) {
  EXPECT_EQ(Email("+shop@gmail.com"), "!local-part");
  EXPECT_EQ(Email("...@gmail.com"), "!local-part");
  EXPECT_EQ(Email("...@yahoo.com"), "...@yahoo.com");
}

TEST(EmailTest, PartsHaveTheirBounds) {
  const std::string local(kMaxLocalPart, 'a');
  EXPECT_EQ(Email(local + "@t.id"), local + "@t.id");
  EXPECT_EQ(Email(local + "a@t.id"), "!local-part");
  const std::string label(kMaxLabel, 'b');
  EXPECT_EQ(Email("s@" + label + ".id"), "s@" + label + ".id");
  EXPECT_EQ(Email("s@" + label + "b.id"), "!domain");
  const std::string longest =
      label + "." + label + "." + label + "." + std::string(58, 'b') + ".id";
  ASSERT_EQ(longest.size(), kMaxDomain);
  EXPECT_EQ(Email("s@" + longest), "s@" + longest);
  EXPECT_EQ(Email("s@b." + longest.substr(1)), "!domain");
}

TEST(EmailTest, DomainIsLabelsOfLettersDigitsAndInnerDashes) {
  for (const std::string_view good : {"a.b", "a-b.c", "1.2", "xn--p1ai.xn--p1ai", "a--b.c"}) {
    EXPECT_EQ(Email("s@" + std::string(good)), "s@" + std::string(good));
  }
  for (const std::string_view bad : {"", "a", "a.", ".a", "a..b", "-a.b", "a-.b", "a.-b", "a.b-",
                                     "a_b.c", "a.b/", "a.b.", "."}) {
    EXPECT_EQ(Email("s@" + std::string(bad)), "!domain") << bad;
  }
}

TEST(EmailTest, WhatOnlyQuotesOrListsHoldIsRefused) {
  for (const char c : std::string(" \"(),:;<>[\\]\x01\x7f")) {
    EXPECT_EQ(Email("si" + std::string(1, c) + "ti@toko.id"), "!character") << int{c};
  }
}

TEST(EmailTest, ExactlyOneAtSign) {
  EXPECT_EQ(Email("siti"), "!at-sign");
  EXPECT_EQ(Email("a@b@c.id"), "!at-sign");
  EXPECT_EQ(Email("a@b.id@"), "!at-sign");
}

}  // namespace
}  // namespace daftar::identity
