#include "crypto/tile_path.h"

#include "tests/support/status_matchers.h"

namespace daftar::crypto {
namespace {

using daftar::testing::IsOkAndHolds;
using daftar::testing::StatusIs;

struct Known {
  const char* path;
  TilePath tile;
};

// Paths of C2SP tlog-tiles: its own example of a number, and those of a tree of 70,000 leaves.
TEST(TilePath, IsReadAndWrittenToTheByte) {
  const Known known[] = {
      {"tile/0/000", {.level = 0, .number = 0}},
      {"tile/0/x001/x234/067", {.level = 0, .number = 1'234'067}},
      {"tile/0/273.p/112", {.level = 0, .number = 273, .width = 112}},
      {"tile/1/001.p/17", {.level = 1, .number = 1, .width = 17}},
      {"tile/2/000.p/1", {.level = 2, .number = 0, .width = 1}},
      {"tile/63/000.p/255", {.level = 63, .number = 0, .width = 255}},
      {"tile/entries/273.p/112", {.entries = true, .number = 273, .width = 112}},
      {"tile/entries/x001/000", {.entries = true, .number = 1000}},
      {"tile/0/x036/x028/x797/x018/x963/968", {.number = uint64_t{1} << 55}},
  };
  for (const auto& [path, tile] : known) {
    EXPECT_THAT(ParseTilePath(path), IsOkAndHolds(tile)) << path;
    EXPECT_EQ(tile.ToString(), path);
  }
}

TEST(TilePath, AnythingThatIsNotWrittenSoIsRefused) {
  for (const char* path : {
           "",
           "tile",
           "tile/",
           "tile/0",
           "tile/0/",
           "tile//000",
           "/tile/0/000",
           "tile/0/000/",
           "tile/00/000",
           "tile/01/000",
           "tile/64/000",
           "tile/-1/000",
           "tile/+1/000",
           "tile/x/000",
           "tile/0/0",
           "tile/0/00",
           "tile/0/0000",
           "tile/0/1000",
           "tile/0/x000/067",
           "tile/0/x001",
           "tile/0/x001/",
           "tile/0/001/067",
           "tile/0/x001/x067",
           "tile/0/X001/067",
           "tile/0/x01/067",
           "tile/0/+01",
           "tile/0/-01",
           "tile/0/ 01",
           "tile/0/0x1",
           "tile/0/000.p/0",
           "tile/0/000.p/256",
           "tile/0/000.p/01",
           "tile/0/000.p/",
           "tile/0/000.p",
           "tile/0/000.p/1/",
           "tile/0/000.p/-1",
           "tile/0/000.P/1",
           "tile/0/000.p/1 ",
           "tile/0/000?x=1",
           "tile/0/%30%30%30",
           "tile/8/0/000",
           "tile/entries/0/000",
           "tile/entries/",
           "tile/entries",
           "tile/Entries/000",
           "tile/0/../0/000",
           "tile/0/x036/x028/x797/x018/x963/969",
           // 2^64 + 67 wraps round to 67.
           "tile/0/x018/x446/x744/x073/x709/x551/683",
           "tile/0/x999/x999/x999/x999/x999/x999/999",
       }) {
    EXPECT_THAT(ParseTilePath(path), StatusIs(absl::StatusCode::kInvalidArgument)) << path;
  }
  EXPECT_FALSE(ParseTilePath(std::string("tile/0/000\0", 11)).ok());
  EXPECT_FALSE(ParseTilePath("tile/0/" + std::string(100'000, '0')).ok());
}

TEST(TilePath, ATreeHasTheTilesThatTheSpecificationCounts) {
  EXPECT_EQ(TileWidthAt(70'000, 0, 272), 256u);
  EXPECT_EQ(TileWidthAt(70'000, 0, 273), 112u);
  EXPECT_EQ(TileWidthAt(70'000, 0, 274), 0u);
  EXPECT_EQ(TileWidthAt(70'000, 1, 0), 256u);
  EXPECT_EQ(TileWidthAt(70'000, 1, 1), 17u);
  EXPECT_EQ(TileWidthAt(70'000, 1, 2), 0u);
  EXPECT_EQ(TileWidthAt(70'000, 2, 0), 1u);
  EXPECT_EQ(TileWidthAt(70'000, 3, 0), 0u);
  EXPECT_EQ(TileWidthAt(256, 0, 0), 256u);
  EXPECT_EQ(TileWidthAt(256, 0, 1), 0u);
  EXPECT_EQ(TileWidthAt(256, 1, 0), 1u);
  EXPECT_EQ(TileWidthAt(0, 0, 0), 0u);
  const uint64_t most = (uint64_t{1} << 63) - 1;
  EXPECT_EQ(TileWidthAt(most, 0, (uint64_t{1} << 55) - 1), 255u);
  EXPECT_EQ(TileWidthAt(most, 7, 0), 127u);
  EXPECT_EQ(TileWidthAt(most, 8, 0), 0u);
  EXPECT_EQ(TileWidthAt(most, 63, 0), 0u);
  EXPECT_EQ(TileWidthAt(most, 0, ~uint64_t{0}), 0u);
}

}  // namespace
}  // namespace daftar::crypto
