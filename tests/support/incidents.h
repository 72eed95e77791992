// Incidents as tests file them.
#ifndef DAFTAR_TESTS_SUPPORT_INCIDENTS_H_
#define DAFTAR_TESTS_SUPPORT_INCIDENTS_H_

#include <string>

#include "node/ledger/ledger.h"

namespace daftar::testing {

inline identity::Identifier Phone(const std::string& typed) {
  return *identity::Normalise(identity::IdentifierType::kPhone, typed,
                              identity::Region::kIndonesia);
}

inline evidence::Date Day(const std::string& iso) { return *evidence::Date::Parse(iso); }

inline ledger::NewIncident DepositUnsettled(const std::string& phone) {
  ledger::NewIncident account;
  account.reason = evidence::Reason::kDepositUnsettled;
  account.identifiers = {Phone(phone)};
  account.amount = {450'000'000, *evidence::Currency::FromCode("IDR")};
  account.occurred = Day("2026-10-01");
  return account;
}

}  // namespace daftar::testing

#endif  // DAFTAR_TESTS_SUPPORT_INCIDENTS_H_
