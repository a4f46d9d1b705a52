// What a batch of answers may show. Pure but for the random generator; thread safe.
#pragma once

#include <cstddef>
#include <vector>

#include "server/survey/response.h"

namespace khaosat {

// 0 … count-1 in an order drawn uniformly from the system's generator.
std::vector<std::size_t> random_order(std::size_t count);

// How many batches of k may leave when `waiting` wait: k must stay behind for closing.
int batches_ready(int waiting, int k);

// Who leaves before closing: batches of k indices of `versions`, the questionnaire version of each that
// waits, drawn at random. All of a batch answered the same version, so that no batch holds one that few
// answered; what is left of a version waits for closing with the others.
std::vector<std::vector<std::size_t>> batches_of_one_version(const std::vector<int>& versions, int k);

// Mode becomes unknown and language empty where fewer than k of the batch and of one questionnaire
// version share it.
void coarsen(std::vector<Response>& batch, int k);

}  // namespace khaosat
