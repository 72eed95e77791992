// Reads the known answers in tests/vectors/.
#ifndef DAFTAR_TESTS_CRYPTO_JSON_VECTORS_H_
#define DAFTAR_TESTS_CRYPTO_JSON_VECTORS_H_

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace daftar::testing {

// The parsed file; null, with a failed test, when it cannot be read.
inline nlohmann::json LoadVectors(const std::string& name) {
  std::ifstream file(std::string(DAFTAR_TEST_VECTORS) + "/" + name);
  nlohmann::json parsed = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) {
    ADD_FAILURE() << "cannot read tests/vectors/" << name;
    return nullptr;
  }
  return parsed;
}

inline crypto::Bytes Hex(const std::string& text) {
  auto bytes = crypto::FromHex(text);
  if (!bytes.ok()) ADD_FAILURE() << "not hexadecimal: " << text;
  return bytes.ok() ? *bytes : crypto::Bytes();
}

template <class Fixed>
Fixed FixedFromHex(const std::string& text) {
  auto value = Fixed::Create(Hex(text));
  if (!value.ok()) ADD_FAILURE() << text << ": " << value.status().ToString();
  return value.ok() ? *std::move(value) : Fixed();
}

inline crypto::Secret32 SecretFromHex(const std::string& text) {
  return FixedFromHex<crypto::Secret32>(text);
}

}  // namespace daftar::testing

#endif  // DAFTAR_TESTS_CRYPTO_JSON_VECTORS_H_
