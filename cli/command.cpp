// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

namespace carma::cli {

Result<ExitCode> StoreCommand::run(Session& session)
{
    auto opened = session.openStore(name(), !writes() && !gathers());
    if (!opened.has_value() && gathers() && !writes()) {
        opened = session.openStore(name(), true); // somebody else writes, or nobody can here
    }
    CARMA_TRY_ASSIGN(std::unique_ptr<Store> store, std::move(opened));
    if (!writes()) {
        CARMA_TRY_ASSIGN(const AuditPolicy policy, store->audit().policy());
        if (isAudited(policy)) {
            CARMA_TRY(store->close());
            store.reset();
            CARMA_TRY_ASSIGN(store, session.openStore(name(), false));
        }
    }
    auto result = runWith(*store, session);
    const auto closed = store->close();
    if (result && !closed) {
        return closed.error().within("the store could not be closed");
    }
    return result;
}

} // namespace carma::cli
