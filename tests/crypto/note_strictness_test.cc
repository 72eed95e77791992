// What ParseNote must refuse, one rule after the other.
#include "crypto/note.h"
#include "tests/crypto/note_vectors.h"
#include "tests/support/status_matchers.h"

namespace daftar::crypto {
namespace {

using daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

const auto kInvalid = absl::StatusCode::kInvalidArgument;

class NoteStrictness : public daftar::testing::NoteFixture {
 protected:
  // The head note with another name, or other base64, in its signature line.
  std::string WithName(const std::string& name) const {
    return text_ + "\n\xE2\x80\x94 " + name + " " + base64_ + "\n";
  }
  std::string WithBase64(const std::string& base64) const {
    return text_ + "\n\xE2\x80\x94 toko-a.example/daftar " + base64 + "\n";
  }
  const std::string base64_ = head_note_.substr(head_note_.rfind(' ') + 1, 92);
};

TEST_F(NoteStrictness, MaximumOf100SignaturesIsAcceptedAndOneMoreIsNot) {
  const std::string line = head_note_.substr(head_note_.find("\n\n") + 2);
  std::string note = text_ + "\n";
  for (size_t i = 0; i < kMaxNoteSignatures; ++i) note += line;
  DAFTAR_EXPECT_OK(ParseNote(note));
  EXPECT_THAT(ParseNote(note + line), StatusIs(kInvalid, HasSubstr("100")));
}

TEST_F(NoteStrictness, NoteOverTheByteLimitIsRefused) {
  const std::string line = head_note_.substr(head_note_.find("\n\n") + 1);
  std::string text(kMaxNoteBytes - line.size(), 'x');
  text.back() = '\n';
  DAFTAR_EXPECT_OK(ParseNote(text + line));
  EXPECT_THAT(ParseNote("x" + text + line), StatusIs(kInvalid, HasSubstr("1048576")));
}

TEST_F(NoteStrictness, NotesMalformedInTheirLinesAreRefused) {
  std::string crlf;
  for (const char c : head_note_) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const std::string lines = head_note_.substr(head_note_.find("\n\n") + 2);
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"empty", ""},
      {"one line feed", "\n"},
      {"two line feeds", "\n\n"},
      {"text only", text_},
      {"text and empty line", text_ + "\n"},
      {"no empty line", text_ + lines},
      {"no final line feed", head_note_.substr(0, head_note_.size() - 1)},
      {"final empty line", head_note_ + "\n"},
      {"empty line between signatures", head_note_ + "\n" + lines + "\n"},
      {"text after signatures", head_note_ + "more\n"},
      {"CR LF", crlf},
      {"CR before the last LF", head_note_.substr(0, head_note_.size() - 1) + "\r\n"},
      {"tab in the text", "a\tb" + head_note_},
      {"NUL in the text", std::string("a\0b", 3) + head_note_},
      {"escape in the text", "\x1b" + head_note_},
      {"unit separator in the text", "\x1f" + head_note_},
      {"hyphen for the dash", text_ + "\n- toko-a.example/daftar " + base64_ + "\n"},
      {"en dash", text_ + "\n\xE2\x80\x93 toko-a.example/daftar " + base64_ + "\n"},
      {"no space after the dash", text_ + "\n\xE2\x80\x94toko-a.example/daftar " + base64_ + "\n"},
      {"two spaces after the dash",
       text_ + "\n\xE2\x80\x94  toko-a.example/daftar " + base64_ + "\n"},
      {"space before the dash", text_ + "\n \xE2\x80\x94 toko-a.example/daftar " + base64_ + "\n"},
      {"name only", text_ + "\n\xE2\x80\x94 toko-a.example/daftar\n"},
      {"name and a space", text_ + "\n\xE2\x80\x94 toko-a.example/daftar \n"}};
  for (const auto& [what, note] : bad) EXPECT_THAT(ParseNote(note), StatusIs(kInvalid)) << what;
}

TEST_F(NoteStrictness, DeleteCharacterIsNoControlByteBelow0x20) {
  DAFTAR_EXPECT_OK(
      ParseNote("a\x7f"
                "b" +
                head_note_));
}

TEST_F(NoteStrictness, InvalidUtf8IsRefusedWhereverItStands) {
  const std::vector<std::string> bad = {"\x80",
                                        "\xC0\xAF",
                                        "\xC1\xBF",
                                        "\xE0\x80\xAF",
                                        "\xED\xA0\x80",
                                        "\xF0\x80\x80\xAF",
                                        "\xF4\x90\x80\x80",
                                        "\xF5\x80\x80\x80",
                                        "\xFF",
                                        "\xC3",
                                        "\xE2\x80",
                                        "\xE2\x28\xA1"};
  for (const std::string& bytes : bad) {
    EXPECT_THAT(ParseNote(bytes + head_note_), StatusIs(kInvalid)) << ToHex(AsBytes(bytes));
    EXPECT_THAT(ParseNote(WithName("n" + bytes)), StatusIs(kInvalid)) << ToHex(AsBytes(bytes));
  }
  DAFTAR_EXPECT_OK(ParseNote("Rp 4.500.000 \xE2\x82\xAC \xF0\x9F\x98\x80\n" + head_note_));
}

TEST_F(NoteStrictness, Base64ThatIsNotCanonicalIsRefused) {
  DAFTAR_ASSERT_OK(ParseNote(WithBase64(base64_)));
  std::string url = base64_;
  for (char& c : url) c = c == '+' ? '-' : c == '/' ? '_' : c;
  ASSERT_NE(url, base64_)
      << "the vector must hold a character that the alphabets spell differently";
  std::string loose = base64_;  // 68 bytes leave two unused bits before '='
  ASSERT_EQ(loose.substr(90), "M=");
  loose[90] = 'N';
  const std::vector<std::string> bad = {url,
                                        loose,
                                        base64_.substr(0, 91),
                                        base64_ + "=",
                                        base64_ + "====",
                                        " " + base64_,
                                        base64_ + " ",
                                        base64_ + " x",
                                        base64_.substr(0, 40) + " " + base64_.substr(40),
                                        base64_.substr(0, 88),
                                        "=",
                                        "====",
                                        "A",
                                        "AA==",
                                        "n3iOZw=="};
  for (const std::string& base64 : bad) {
    if (base64.size() == 88) {  // whole groups: canonical, only a shorter signature
      DAFTAR_EXPECT_OK(ParseNote(WithBase64(base64)));
      continue;
    }
    EXPECT_THAT(ParseNote(WithBase64(base64)), StatusIs(kInvalid)) << base64;
  }
}

// libsodium 1.0.18 takes every byte from 0x80 up for a digit of base64.
TEST_F(NoteStrictness, Base64WithNonAsciiCharactersIsRefused) {
  for (char32_t c = 0x80; c < 0x800; ++c) {  // two bytes each, in place of two characters
    std::string base64 = base64_;
    base64[20] = static_cast<char>(0xC0 | (c >> 6));
    base64[21] = static_cast<char>(0x80 | (c & 0x3F));
    EXPECT_THAT(ParseNote(WithBase64(base64)), StatusIs(kInvalid, HasSubstr("base64")));
    std::string vkey = head_.ToVkey();
    vkey.replace(vkey.size() - 10, 2, base64, 20, 2);
    EXPECT_THAT(NoteKey::FromVkey(vkey), StatusIs(kInvalid, HasSubstr("base64")));
  }
}

TEST_F(NoteStrictness, KeyNamesWithSpacesPlusOrControlsAreRefused) {
  // Two literals where a letter after an escape would belong to it.
  // NOLINTBEGIN(bugprone-suspicious-missing-comma)
  const std::vector<std::string> bad = {"",
                                        "a+b",
                                        "+",
                                        "a b",
                                        std::string(256, 'n'),
                                        "a\x01",
                                        "a\tb",
                                        "a\rb",
                                        "a\nb",
                                        "a\xC2\x85"
                                        "b",
                                        "a\xC2\xA0"
                                        "b",
                                        "a\xE1\x9A\x80"
                                        "b",
                                        "a\xE2\x80\x80"
                                        "b",
                                        "a\xE2\x80\x8A"
                                        "b",
                                        "a\xE2\x80\xA8"
                                        "b",
                                        "a\xE2\x80\xA9"
                                        "b",
                                        "a\xE2\x80\xAF"
                                        "b",
                                        "a\xE2\x81\x9F"
                                        "b",
                                        "a\xE3\x80\x80"
                                        "b"};
  // NOLINTEND(bugprone-suspicious-missing-comma)
  for (const std::string& name : bad) {
    EXPECT_THAT(CheckKeyName(name), StatusIs(kInvalid)) << ToHex(AsBytes(name));
    EXPECT_THAT(ParseNote(WithName(name)), StatusIs(kInvalid)) << ToHex(AsBytes(name));
  }
}

TEST_F(NoteStrictness, LongestAndNonAsciiKeyNamesAreAccepted) {
  for (const std::string& name :
       {std::string(255, 'n'), std::string("k\xC3\xA9y"), std::string("\xE2\x80\x8B")}) {
    DAFTAR_EXPECT_OK(CheckKeyName(name));
    DAFTAR_EXPECT_OK(ParseNote(WithName(name)));
  }
}

TEST_F(NoteStrictness, ErrorsNeverRepeatTheContent) {
  const auto status = ParseNote(WithName("081234567890+x")).status();
  EXPECT_THAT(status, StatusIs(kInvalid, Not(HasSubstr("0812"))));
}

}  // namespace
}  // namespace daftar::crypto
