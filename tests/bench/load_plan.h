// What the load client sends: whole requests, prepared beforehand, so that making them costs nothing
// while the server is measured.
#pragma once

#include <string>
#include <vector>

namespace khaosat::bench {

struct PlannedRequest {
  std::string bytes;
  int status = 200;   // what a right answer has
  double pause = 0;   // seconds between the answer before it (of the same session) and sending it
};

// The file is a sequence of records "LENGTH STATUS PAUSE_MS\n" and LENGTH bytes. Ends the program
// with a sentence if the file is not so.
std::vector<PlannedRequest> read_plan(const char* path);

// `count` arrival times in seconds from 0 to `seconds`, ascending: independent and uniform, so the gaps
// are those of people who do not know of each other. The same for the same seed.
std::vector<double> arrival_times(std::size_t count, double seconds, unsigned seed);

}  // namespace khaosat::bench
