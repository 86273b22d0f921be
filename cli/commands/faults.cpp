// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json_forms.h"
#include "phrases.h"
#include "registry.h"
#include "table.h"
#include "text.h"

#include <fmt/format.h>

namespace carma::cli {

namespace {

class FaultsCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "faults"; }
    CommandHelp help() const override
    {
        return {"healing", "list the damage that was seen",
            "Lists faults that reads, scrubs and heals have met, the newest first, with what became of them.",
            {"carma faults", "carma faults --limit 1000 --json"}, {ExitCode::NotFound, ExitCode::WrongKey, ExitCode::DamagedStore}};
    }
    void declare(Arguments& arguments) override { arguments.option("--limit", m_limit, "N", "at most so many (default: 100)"); }

private:
    Result<ExitCode> runWith(Store& store, Session& session) override
    {
        CARMA_TRY_ASSIGN(const std::vector<Fault> faults, store.health().faults(static_cast<std::size_t>(m_limit)));
        session.endProgress();
        Printer& printer = session.printer();
        Json list = Json::array();
        Table table({{"seen"}, {"outcome"}, {"file"}, {"sector", true}, {"what"}});
        for (const Fault& fault : faults) {
            list.push_back(toJson(fault));
            const std::string sector = fault.kind == FaultKind::BadSector || fault.kind == FaultKind::ReadError ? grouped(fault.sector)
                                                                                                                : "";
            table.add({localTime(fault.seenUs), std::string(carma::name(fault.outcome)), fault.file, sector, describe(fault)});
        }
        printer.document(list);
        if (!table.empty()) {
            table.print(printer);
        } else {
            printer.extra("no damage was ever seen");
        }
        return ExitCode::Ok;
    }

    std::uint64_t m_limit = 100;
};

} // namespace

std::unique_ptr<Command> makeFaultsCommand() { return std::make_unique<FaultsCommand>(); }

} // namespace carma::cli
