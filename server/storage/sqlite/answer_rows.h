// The statements of the answers file that change more than one row: batches and closing. Each runs
// inside the writer's transaction.
#pragma once

#include "server/storage/answer_store.h"
#include "server/storage/sqlite/connection.h"

namespace khaosat::sqlite {

Result<bool> closed_in(Connection& connection);
Result<BatchReport> form_batches_in(Connection& connection, int k, const Unseal& unseal);
Result<ClosingReport> close_in(Connection& connection, const Campaign& campaign,
                               const Unseal& unseal);
// The report of a closed campaign again.
Result<ClosingReport> closing_report_in(Connection& connection);

// Outside any transaction, on a closed campaign: writes the file anew in the order of its keys, so
// that page layout and free pages tell nothing, and folds the log into it. Does nothing the second
// time.
Result<void> rebuild(Connection& connection);

// The number of the cell, made on demand.
Result<std::int64_t> cell_number(Connection& connection, const Cell& cell, bool merged);

}  // namespace khaosat::sqlite
