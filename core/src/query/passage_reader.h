// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "query/indexes.h"
#include "query/search_engine.h"

#include <carma/embedder.h>
#include <carma/executor.h>

#include <span>

namespace carma::query {

/// Reads the words and vectors of passages into `batch`, which has their rows. Embedders that are linear (embed/token_table.h) are asked
/// by several threads at once where there is an executor, and read each text once; others get their batches one after the other.
/// PluginFailed for vectors that are none; errors of the embedder.
Result<void> readPassages(
    Embedder& embedder, bool withParts, Executor* executor, std::span<const PassageView* const> passages, Indexes::Batch& batch);

} // namespace carma::query
