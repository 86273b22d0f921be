// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json.h"
#include "registry.h"

namespace carma::cli {

namespace {

class SealCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "seal"; }
    CommandHelp help() const override
    {
        return {"store", "close the open segment now",
            "Spreads the open end of the log over the shard folders instead of waiting until it is full. It takes less room then; it is "
            "as safe before as after.",
            {"carma seal"}, {ExitCode::NotFound, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore}};
    }

private:
    bool writes() const override { return true; }
    Result<ExitCode> runWith(Store& store, Session& session) override
    {
        CARMA_TRY(store.seal());
        session.printer().document(Json{{"sealed", true}});
        session.printer().extra("sealed");
        return ExitCode::Ok;
    }
};

} // namespace

std::unique_ptr<Command> makeSealCommand() { return std::make_unique<SealCommand>(); }

} // namespace carma::cli
