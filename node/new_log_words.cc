#include "node/new_log_words.h"

#include <utility>

namespace daftar {
namespace {

std::string Many(uint64_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

// Their nodes are connected to this one still and see the new log.
std::string AcceptThere(const NewLogDone& done) {
  return "Each partner's node notices the new log, and counts nothing of it until its\n"
         "operator has accepted it; until then, it finds of the old one only what it had looked\n"
         "up before, and nothing where it knows of two histories. `daftar status` names those\n"
         "that have not. Call each of them, read the first entry out, and let them run there:\n"
         "  daftar partner accept " +
         done.old.origin + " --first-entry " + done.first_entry +
         " --because \"they told me on the phone\"\n";
}

// They are turned away, and so never see it; and they pair with no other log of the same
// certificate while they know the old one.
std::string PairAnew(const NewLogDone& done) {
  return "This node knows no partner: whoever was one does not see the new log, and has nothing\n"
         "to accept. Call each of them, and let them run there:\n"
         "  daftar partner remove " +
         done.old.origin +
         " --because \"they told me that it is lost\"\n"
         "  daftar partner invite\n"
         "Then here, with the code of each:\n"
         "  daftar partner join CODE\n";
}

}  // namespace

std::string NewLogWords(const NewLogDone& done) {
  std::string out = "The log " + done.origin + " takes the place of " + done.old.origin +
                    "\n  first entry  " + done.first_entry + "\n  queued anew  " +
                    Many(done.anew.queued, "report", "reports") + "\n";
  const std::pair<uint64_t, const char*> rest[] = {
      {done.anew.stopped, "may not be shared any more: drafts now, and their history says why"},
      {done.anew.expired, "erased, their time being over"},
      {done.left.disputed, "disputed: not shared until the dispute is resolved"},
      {done.left.ended, "settled, withdrawn or erased before: not shared again"},
      {done.left.nameless, "withdrawn: the customer was lost with an earlier database"}};
  for (const auto& [count, what] : rest) {
    if (count > 0) out += "  " + std::to_string(count) + " " + what + "\n";
  }
  out +=
      "\nThe entries, heads and keys of the old log are deleted here. An auditor who asks about\n"
      "it has the bundles of it that were exported before, and the copy of this directory, if\n"
      "one was kept.\n";
  return out + "\nNext: start daftard. " + (done.partners > 0 ? AcceptThere(done) : PairAnew(done));
}

}  // namespace daftar
