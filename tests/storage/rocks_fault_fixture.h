// A store on a disk that fails on command.
#ifndef DAFTAR_TESTS_STORAGE_ROCKS_FAULT_FIXTURE_H_
#define DAFTAR_TESTS_STORAGE_ROCKS_FAULT_FIXTURE_H_

#include "storage/rocks_testing.h"
#include "tests/storage/rocks_fixture.h"

namespace daftar::testing {

class RocksFaultFixture : public RocksFixture {
 protected:
  RocksFaultFixture() { env_ = disk_.env(); }
  ~RocksFaultFixture() override { Close(); }

  storage::FaultyDisk disk_;
};

}  // namespace daftar::testing

#endif  // DAFTAR_TESTS_STORAGE_ROCKS_FAULT_FIXTURE_H_
