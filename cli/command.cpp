// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

namespace carma::cli {

Result<ExitCode> StoreCommand::run(Session& session)
{
    CARMA_TRY_ASSIGN(const std::unique_ptr<Store> store, session.openStore(name(), !writes()));
    auto result = runWith(*store, session);
    const auto closed = store->close();
    if (result && !closed) {
        return closed.error().within("the store could not be closed");
    }
    return result;
}

} // namespace carma::cli
