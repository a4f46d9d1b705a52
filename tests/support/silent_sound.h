// Sounds for tests, made here: nobody's voice ships with the project. A second of silence is 1 KB of MP3.
#pragma once

#include <string>

namespace khaosat::test {

// MPEG-2 layer III, 8 kbit/s, 22.05 kHz, one channel: 26 bytes a frame, each 576 samples of nothing.
inline std::string silent_mp3(double seconds) {
  const std::string frame = std::string("\xff\xf3\x10\xc4", 4) + std::string(22, '\0');
  std::string sound;
  for (double at = 0; at < seconds; at += 576.0 / 22050) sound += frame;
  return sound;
}

}  // namespace khaosat::test
