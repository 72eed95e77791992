// What is wrong with a TOML file that people name on the command line.
#ifndef DAFTAR_CLI_FAULTS_H_
#define DAFTAR_CLI_FAULTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"
#include "node/evidence/toml_reader.h"

namespace daftar::cli {

// "policy.toml:3:14: what is wrong", as compilers write it.
std::string FaultLine(const std::string& file, const evidence::TomlFault& fault);

// To console.err, a line each; with JSON as error.faults. `what` the file should be is for the
// sentence ("policy"). REQUIRES a fault.
void ReportFaults(Console& console, std::string_view what, const std::string& file,
                  const std::vector<evidence::TomlFault>& faults);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_FAULTS_H_
