// tests/vectors/identifiers.tsv, line by line. Its values come from the rule, never from this code.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/node/identity/identity_support.h"
#include "tests/support/status_matchers.h"

namespace daftar::identity {
namespace {

struct Vector {
  size_t line = 0;
  IdentifierType type = IdentifierType::kPhone;
  std::vector<Region> homes;
  bool every_home = false;
  std::string typed;
  std::string expected;
};

int HexDigit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

std::string Unescape(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      result += text[i];
      continue;
    }
    const char kind = text.at(++i);
    if (kind == 'x') {
      result += static_cast<char>(HexDigit(text.at(i + 1)) * 16 + HexDigit(text.at(i + 2)));
      i += 2;
    } else {
      result += kind == 't' ? '\t' : kind == 'n' ? '\n' : kind == 'r' ? '\r' : kind;
    }
  }
  return result;
}

std::vector<std::string> Columns(const std::string& line) {
  std::vector<std::string> columns(1);
  for (const char c : line) {
    if (c == '\t') {
      columns.emplace_back();
    } else {
      columns.back() += c;
    }
  }
  return columns;
}

std::vector<Vector> Load() {
  std::ifstream file(DAFTAR_TEST_VECTORS "/identifiers.tsv", std::ios::binary);
  std::vector<Vector> vectors;
  std::string line;
  for (size_t number = 1; std::getline(file, line); ++number) {
    if (line.starts_with('#')) continue;
    const std::vector<std::string> columns = Columns(line);
    if (columns.size() != 4) {
      ADD_FAILURE() << "line " << number << " has " << columns.size() << " columns";
      continue;
    }
    Vector vector{.line = number,
                  .type = TypeFromName(columns[0]).value(),
                  .homes = {},
                  .every_home = columns[1] == "*",
                  .typed = Unescape(columns[2]),
                  .expected = Unescape(columns[3])};
    if (vector.every_home) {
      vector.homes.assign(AllRegions().begin(), AllRegions().end());
    } else {
      vector.homes = {RegionFromCode(columns[1]).value()};
    }
    vectors.push_back(std::move(vector));
  }
  return vectors;
}

TEST(IdentifierVectorsTest, EveryLineHolds) {
  const std::vector<Vector> vectors = Load();
  ASSERT_GE(vectors.size(), 220u);
  for (const Vector& vector : vectors) {
    for (const Region home : vector.homes) {
      EXPECT_EQ(Result(vector.type, vector.typed, home), vector.expected)
          << "line " << vector.line << " in " << RegionCode(home);
    }
  }
}

TEST(IdentifierVectorsTest, EveryTypeIsCoveredAcceptedAndRefused) {
  std::map<IdentifierType, std::set<bool>> seen;
  for (const Vector& vector : Load()) seen[vector.type].insert(vector.expected.starts_with('!'));
  for (const IdentifierType type : AllIdentifierTypes()) {
    EXPECT_EQ(seen[type].size(), 2u) << TypeName(type);
  }
}

TEST(IdentifierVectorsTest, EveryHomeIsCoveredByPhonesOfItsOwnAcceptedAndRefused) {
  std::map<Region, std::set<bool>> seen;
  for (const Vector& vector : Load()) {
    if (vector.type != IdentifierType::kPhone || vector.every_home) continue;
    seen[vector.homes[0]].insert(vector.expected.starts_with('!'));
  }
  for (const Region home : AllRegions()) EXPECT_EQ(seen[home].size(), 2u) << RegionCode(home);
}

TEST(IdentifierVectorsTest, EveryRefusalIsCovered) {
  std::set<std::string> seen;
  for (const Vector& vector : Load()) {
    if (vector.expected.starts_with('!')) seen.insert(vector.expected.substr(1));
  }
  for (int code = 0; code <= static_cast<int>(Refusal::kName); ++code) {
    EXPECT_TRUE(seen.contains(std::string(RefusalCode(static_cast<Refusal>(code)))))
        << RefusalCode(static_cast<Refusal>(code));
  }
}

TEST(IdentifierVectorsTest, ANormalFormIsItsOwnNormalFormEverywhere) {
  for (const Vector& vector : Load()) {
    if (vector.expected.starts_with('!')) continue;
    for (const Region home : AllRegions()) {
      EXPECT_EQ(Result(vector.type, vector.expected, home), vector.expected)
          << "line " << vector.line << " in " << RegionCode(home);
    }
    EXPECT_THAT(Identifier::FromNormalised(vector.type, vector.expected), testing::IsOk())
        << "line " << vector.line;
  }
}

TEST(IdentifierVectorsTest, WhatIsNotInNormalFormDoesNotComeBackFromStorage) {
  for (const Vector& vector : Load()) {
    if (vector.typed == vector.expected) continue;
    EXPECT_FALSE(Identifier::FromNormalised(vector.type, vector.typed).ok())
        << "line " << vector.line;
  }
}

TEST(IdentifierVectorsTest, RefusalsDoNotRepeatWhatWasTyped) {
  for (const Vector& vector : Load()) {
    // Shorter texts occur in any message by chance.
    if (!vector.expected.starts_with('!') || vector.typed.size() < 5) continue;
    const auto refused = Normalise(vector.type, vector.typed, vector.homes[0]);
    ASSERT_FALSE(refused.ok()) << "line " << vector.line;
    std::string message(refused.status().message().data(), refused.status().message().size());
    message.resize(message.find("; write it like "));  // the example is a constant
    EXPECT_EQ(message.find(vector.typed), std::string::npos) << "line " << vector.line;
  }
}

}  // namespace
}  // namespace daftar::identity
