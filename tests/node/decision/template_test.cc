#include "node/decision/template.h"

#include "tests/support/status_matchers.h"

namespace daftar::decision {
namespace {

using daftar::testing::IsOk;
using daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string> kHeader = {"id", " Phone ", "dup", "dup"};

Template Made(std::string_view text) {
  auto made = Template::Create(text);
  EXPECT_THAT(made, IsOk());
  EXPECT_THAT(made->Bind(kHeader), IsOk());
  return *made;
}

TEST(TemplateTest, FillsColumnsTrimmedBetweenTexts) {
  const std::vector<std::string> fields = {" 7 ", "0812", "", ""};
  EXPECT_EQ(Made("ibm/{id}").Fill(fields), "ibm/7");
  EXPECT_EQ(Made("{ Phone }").Fill(fields), "0812");
  EXPECT_EQ(Made("{{{id}}}").Fill(fields), "{7}");
  EXPECT_EQ(Made("USD").Fill(fields), "USD");
  EXPECT_EQ(Made("{id}{id}").Fill(fields), "77");
}

TEST(TemplateTest, BlankWhenEveryColumnIsEmpty) {
  EXPECT_TRUE(Made("x/{id}").IsBlank(std::vector<std::string>{"  ", "1", "", ""}));
  EXPECT_FALSE(Made("x/{id}{Phone}").IsBlank(std::vector<std::string>{"", "1", "", ""}));
  EXPECT_FALSE(Made("USD").IsBlank(std::vector<std::string>{"", "", "", ""}));
}

TEST(TemplateTest, MalformedBracesAreRefused) {
  for (const std::string_view text : {"{id", "id}", "{}", "{ }", "{a{b}", "x}{id}"}) {
    EXPECT_THAT(Template::Create(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
  EXPECT_THAT(Template::Create(std::string(kMaxTemplateBytes + 1, 'x')), Not(IsOk()));
  std::string many;
  for (size_t i = 0; i <= kMaxTemplatePieces; ++i) many += "{id}";
  EXPECT_THAT(Template::Create(many), Not(IsOk()));
}

TEST(TemplateTest, BindingNeedsTheColumnExactlyOnce) {
  auto missing = *Template::Create("{nope}");
  EXPECT_THAT(missing.Bind(kHeader),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no column named 'nope'")));
  auto twice = *Template::Create("{dup}");
  EXPECT_THAT(twice.Bind(kHeader),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("more than one column")));
}

}  // namespace
}  // namespace daftar::decision
