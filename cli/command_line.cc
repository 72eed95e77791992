#include "cli/command_line.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "cli/parser.h"
#include "cli/session.h"

namespace daftar::cli {
namespace {

constexpr uint64_t kMaxTimeoutSeconds = 3600;

// Only what cannot be an identifier is repeated: an option's name, or a plain word.
bool MayBeShown(const std::string& word) {
  constexpr size_t kMaxWord = 24;
  return word.size() <= kMaxWord && std::all_of(word.begin(), word.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || c == '-';
         });
}

absl::Status UnexpectedArgument(const Parser& parser) {
  const std::string help = "; see " + parser.Path() + " --help";
  for (const std::string& argument : parser.Unexpected()) {
    const std::string word = argument.substr(0, argument.find('='));
    if (word.starts_with("-")) {
      return absl::InvalidArgumentError(
          (MayBeShown(word) ? parser.Path() + " has no option " + word
                            : parser.Path() + " does not have one of the options given") +
          help);
    }
    if (parser.NeedsVerb()) {
      return absl::InvalidArgumentError(
          (MayBeShown(word) ? "there is no command '" + parser.Path() + " " + word + "'"
                            : "there is no such command under " + parser.Path()) +
          help);
    }
  }
  return absl::InvalidArgumentError(
      parser.Path() +
      " was given a word that belongs to no option; values with spaces need "
      "quotes, identifiers an option like --phone" +
      help);
}

absl::Status ParseProblem(const Parser& parser, const CLI::ParseError& error) {
  const std::string help = "; see " + parser.Path() + " --help";
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) return UnexpectedArgument(parser);
  if (parser.NeedsVerb() && dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    if (!parser.Unexpected().empty()) return UnexpectedArgument(parser);
    return absl::InvalidArgumentError(parser.Path() + " needs a command after it" + help);
  }
  // These two name the option and never its value.
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr ||
      dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    return absl::InvalidArgumentError(parser.Path() + ": " + error.what() + help);
  }
  return absl::InvalidArgumentError(parser.Path() + " could not read its options" + help);
}

// The form of errors must be known even when the rest could not be parsed.
bool AsksForJson(const std::vector<std::string>& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--output=json") return true;
    if (arguments[i] == "--output" && i + 1 < arguments.size() && arguments[i + 1] == "json") {
      return true;
    }
  }
  return false;
}

}  // namespace

int RunDaftar(const std::vector<std::string>& arguments, const Environment& environment,
              Console& console) {
  console.json = AsksForJson(arguments);
  Parser parser;
  try {
    parser.Parse(arguments);
  } catch (const CLI::CallForHelp&) {
    console.out << parser.Help();
    return kExitOk;
  } catch (const CLI::CallForVersion& version) {
    console.out << version.what() << "\n";
    return kExitOk;
  } catch (const CLI::ParseError& error) {
    return Report(console, ParseProblem(parser, error));
  }
  if (parser.output != "text" && parser.output != "json") {
    return Report(console, absl::InvalidArgumentError("--output must be text or json"));
  }
  auto timeout = MakeNumber("timeout", parser.timeout, 1, kMaxTimeoutSeconds,
                            static_cast<uint64_t>(kDefaultTimeout.count()));
  if (!timeout.ok()) return Report(console, timeout.status());
  ClientOptions options;
  options.dir_given = !parser.dir.empty();
  options.dir = options.dir_given ? parser.dir : environment.dir;
  options.token = environment.token;
  options.timeout = std::chrono::seconds(*timeout);
  const auto language = decision::LanguageFromLocale(environment.locale);
  Session session(console, std::move(options), language.value_or(decision::Language::kEnglish));
  const absl::StatusOr<int> result = parser.run(session);
  return result.ok() ? *result : Report(console, result.status());
}

}  // namespace daftar::cli
