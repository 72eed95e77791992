// What the calls about policies share: files with their faults, and reports as messages.
#ifndef DAFTAR_NODE_SERVICE_POLICY_CONSOLE_H_
#define DAFTAR_NODE_SERVICE_POLICY_CONSOLE_H_

#include <string>

#include "absl/status/statusor.h"
#include "daftar/v1/policy.pb.h"
#include "node/check/trial.h"
#include "node/check/worth.h"
#include "node/decision/backtest.h"
#include "node/decision/policy.h"

namespace daftar::service {

// The policy that the file says. InvalidArgument with every fault, a line each: "line 3, column 1:
// ...". REQUIRES a text that is not empty to be meant as a file.
absl::StatusOr<decision::Policy> PolicyFromFile(const std::string& toml);

v1::BacktestReport ToProto(const decision::BacktestReport& report);
v1::TrialRow ToProto(const check::TrialRow& row);
v1::WorthRow ToProto(const check::WorthRow& row);

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_POLICY_CONSOLE_H_
