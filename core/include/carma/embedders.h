// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/embedder.h>
#include <carma/progress.h>
#include <carma/result.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Which embedder the vectors of a store come from.
namespace carma {

/// Opens an embedder that does not come with the program, by the name that a user gives, for instance a plugin's. NotFound for a
/// name that it does not know. Called from any thread.
using EmbedderFactory = std::function<Result<std::shared_ptr<Embedder>>(std::string_view name)>;

struct EmbedderState {
    std::string source;        ///< the name that opens it
    EmbedderIdentity identity; ///< no name where there is no embedder at all
    float semanticWeight = 0;  ///< of cosines in hybrid scores
    bool recorded = false;     ///< false: the store has kept nothing yet, and this is what it would take
    std::string problem;       ///< why it cannot be had, naming what is missing or damaged; queries go by words then. Empty if it can
    std::vector<std::string> builtIn; ///< names of the models that come with the program
};

/// How far a change of the embedder has come.
struct EmbedderChange {
    std::string source; ///< of the new one
    EmbedderIdentity identity;
    std::uint64_t passages = 0; ///< that need a vector
    std::uint64_t done = 0;     ///< that have one, as far as is kept
};

struct EmbedderSetOptions {
    bool dryRun = false; ///< changes nothing
    bool later = false;  ///< only notes what is wanted: resume() does it
};

struct EmbedderReport {
    std::string source;
    EmbedderIdentity before, after;
    std::uint64_t passages = 0;   ///< in all namespaces
    std::uint64_t done = 0;       ///< that have a new vector now, those kept from an interrupted change among them
    double passagesPerSecond = 0; ///< measured; in a dry run over a sample. 0 if nothing was embedded
    bool changed = false;         ///< all is done, and queries use the new vectors
    bool cancelled = false;       ///< resume() goes on where it ended
    std::int64_t tookUs = 0;
};

/// The embedder of a store and its change. A change makes all vectors anew while the old ones answer; what is done is kept, so that a
/// change that was interrupted goes on where it was. When all is done the new embedder is recorded, and from then on every query uses
/// its vectors. Obtained from Store; lives as long as it. Thread-safe; one change at a time.
class Embedders {
public:
    virtual ~Embedders() = default;
    virtual Result<EmbedderState> show() = 0;
    /// Nothing if no change is wanted or under way.
    virtual Result<std::optional<EmbedderChange>> progress() = 0;
    /// NotFound for a name that nobody knows, PluginFailed or Corruption for an embedder that cannot be used, Busy (store is open for
    /// reading, or a change runs in another thread). Choosing the one in use ends a change that was interrupted.
    virtual Result<EmbedderReport> set(std::string_view source, const EmbedderSetOptions& options, const Task& task) = 0;
    /// Goes on with the change that is wanted. NotFound if none is.
    virtual Result<EmbedderReport> resume(const Task& task) = 0;
};

} // namespace carma
