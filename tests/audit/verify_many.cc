// Verifies many bundles in one process: what the mutation test runs beside the second verifier.
//
//   audit_verify_many --now SECONDS [--explain]
//
// reads lines BUNDLE<TAB>POLICY, two paths each, and prints for each a line
// CODE<TAB>FAILED<TAB>NOT CHECKED: the names of these checks, parted by commas. With --explain it
// says on standard error why.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "node/audit/verifier.h"

namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void Explain(const daftar::audit::Verdict& verdict) {
  if (verdict.code == 2) std::cerr << "cannot be read: " << verdict.unreadable << "\n";
  for (const auto& check : verdict.checks) {
    for (const std::string& fault : check.faults.kept) {
      std::cerr << CheckName(check.check) << ": " << fault << "\n";
    }
  }
}

std::string NamesIn(const daftar::audit::Verdict& verdict, daftar::audit::CheckState state) {
  std::string names;
  for (const auto& check : verdict.checks) {
    if (check.state != state) continue;
    names += (names.empty() ? "" : ",") + std::string(CheckName(check.check));
  }
  return names;
}

}  // namespace

int main(int argc, char** argv) {
  const bool explain = argc == 4 && std::string(argv[3]) == "--explain";
  if ((argc != 3 && !explain) || std::string(argv[1]) != "--now") {
    std::cerr << "usage: audit_verify_many --now SECONDS [--explain] < LINES\n";
    return 2;
  }
  daftar::audit::VerifyOptions options;
  options.now = std::strtoll(argv[2], nullptr, 10);
  for (std::string line; std::getline(std::cin, line);) {
    const size_t tab = line.find('\t');
    if (tab == std::string::npos) {
      std::cerr << "audit_verify_many: a line is no BUNDLE<TAB>POLICY\n";
      return 2;
    }
    const auto verdict =
        daftar::audit::VerifyPath(line.substr(0, tab), ReadFile(line.substr(tab + 1)), options);
    if (!verdict.ok()) {
      std::cerr << "audit_verify_many: " << verdict.status().ToString() << "\n";
      return 2;
    }
    if (explain) Explain(*verdict);
    std::cout << verdict->code << "\t" << NamesIn(*verdict, daftar::audit::CheckState::kFails)
              << "\t" << NamesIn(*verdict, daftar::audit::CheckState::kNotChecked) << std::endl;
  }
  return 0;
}
