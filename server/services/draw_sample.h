// Drawing people from a frame so that anybody can draw again: no person chooses, and the order of
// the list does not matter. Pure; thread safe.
//
//   root = SHA-256 over the sorted lines "<psu>\t<person>\n" of the frame, in hexadecimal
//   rank = SHA-256("khaosat-draw/1\n<campaign title>\n<psu>\n<root>\n<seed>\n<person>\n")
//
// Within each primary sampling unit the persons with the smallest ranks are drawn; whoever cannot be
// reached is replaced by the next rank and by nobody else. The frame is closed before the seed is
// known (a public lottery drawn afterwards), or the draw proves nothing.
#pragma once

#include <string>
#include <vector>

#include "base/fault.h"
#include "base/result.h"

namespace khaosat {

struct FramePerson {
  std::string psu;
  std::string person;  // pseudonym: never a name, never an identity number
};

struct DrawnPerson {
  std::string psu;
  std::string person;
  int rank = 0;        // from 1 within the primary sampling unit
  bool drawn = false;  // otherwise a reserve, in order
};

struct Draw {
  std::string root;
  std::string seed;
  std::vector<DrawnPerson> people;  // by psu in the order of the frame file, then by rank
};

// CSV with columns psu, person. Every fault at once: a missing column, an empty or repeated person.
struct FrameReading {
  std::vector<FramePerson> people;
  Faults faults;
};
FrameReading read_frame_csv(const std::string& file, std::string_view text);

// `per_psu` persons are drawn in each psu (all if it has fewer). out_of_range for per_psu < 1,
// missing_field for an empty seed or frame.
Result<Draw> draw_sample(const std::string& campaign_title, const std::vector<FramePerson>& frame,
                         const std::string& seed, int per_psu);

}  // namespace khaosat
