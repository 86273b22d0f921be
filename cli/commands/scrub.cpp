// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json_forms.h"
#include "phrases.h"
#include "registry.h"
#include "text.h"

#include <fmt/format.h>

namespace carma::cli {

namespace {

class ScrubCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "scrub"; }
    CommandHelp help() const override
    {
        return {"healing", "look at every sector once",
            "One pass over every sector of every file. It is faster than verify, since nothing is decrypted, and it changes nothing: "
            "carma heal repairs what is found and remembers it for carma faults.",
            {"carma scrub", "carma scrub --quiet || carma heal"},
            {ExitCode::NotFound, ExitCode::Unhealed, ExitCode::WrongKey, ExitCode::DamagedStore, ExitCode::Cancelled}};
    }

private:
    Result<ExitCode> runWith(Store& store, Session& session) override
    {
        CARMA_TRY_ASSIGN(const DamageReport damage, store.health().scrub(session.task()));
        session.endProgress();
        Printer& printer = session.printer();
        const bool intact = damage.faultsCount == 0 && damage.lostRecords == 0;
        if (printer.json()) {
            Json object{{"intact", intact}};
            appendDamage(object, damage);
            printer.document(object);
        } else if (!intact) {
            printer.line(printer.bad(fmt::format("{} found", counted(damage.faultsCount, "fault"))));
            printFaults(printer, damage);
            printLost(printer, damage);
        } else if (!damage.cancelled) {
            printer.line(printer.good("intact"));
        }
        printEffort(printer, damage);
        if (damage.cancelled) {
            return endCancelled(printer, "Not every sector was read.");
        }
        if (!intact) {
            printer.note("run carma heal to repair what can be repaired");
        }
        return intact ? ExitCode::Ok : ExitCode::Unhealed;
    }
};

} // namespace

std::unique_ptr<Command> makeScrubCommand() { return std::make_unique<ScrubCommand>(); }

} // namespace carma::cli
