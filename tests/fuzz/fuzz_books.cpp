// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later

/// What lies inside the records of keys, audit, usage, billing and anomalies, and what people hand in beside it: plans, events and CSV
/// files.
#include "access/key_event.h"
#include "anomaly/anomaly_body.h"
#include "anomaly/csv_reader.h"
#include "audit/compliance_body.h"
#include "audit/entry_body.h"
#include "billing/billing_body.h"
#include "fuzz/fuzz_input.h"
#include "journal/memory_journal.h"
#include "support/manual_clock.h"
#include "support/seeded_random.h"
#include "usage/event_body.h"
#include "usage/usage_book.h"

#include <carma/billing.h>
#include <carma/key_text.h>
#include <carma/signature.h>

#include <algorithm>

using namespace carma;
using carma::fuzz::Files;
using carma::fuzz::Input;

namespace {

constexpr std::string_view kPlan = R"({"carma_plan":1,"id":"p","currency":"EUR","effective_from":"2026-01-01","flat":"10","charges":[
{"meter":"queries","model":"graduated","tiers":[{"from":0,"up_to":10,"price":"0.5"},{"from":10,"price":"0.1"}],"included":3}]})";
constexpr std::string_view kUsageLine =
    R"({"source":"s","id":"1","customer":"a","meter":"queries","value":"1.5","time":"2026-02-01T00:00:00Z"})";
constexpr std::string_view kKeyLog = "carma/00000000000000000000000001+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

Bytes keyEvents()
{
    access::KeyCreated made;
    made.id = KeyId{}.plus(7);
    made.owner = "anna";
    made.label = "web";
    made.user = "0123abcd";
    made.rateClass = "standard";
    made.scopes = {{.operations = 3, .space = "letters", .tag = "*"}};
    made.addresses = {AddressRange{}};
    access::KeyRestated restated;
    restated.made = made;
    restated.reason = "because";
    const std::vector<access::KeyEvent> events{access::PepperMade{toBytes("sealed"), 5}, made,
        access::KeyRotated{made.id, KeyId{}.plus(8), 9}, access::KeySuspended{made.id, "lost"}, access::KeyResumed{made.id},
        access::KeyRevoked{made.id, "leaked"}, access::KeyExpires{made.id, 3}, access::CreditsAdded{made.id, 4},
        access::KeyUsed{made.id, 60, 2, 1}, access::LimitReserved{}, access::LimitsOpened{}, access::LimitsKept{{LimitDebt{}}}, restated,
        access::RateClassSet{{.name = "own", .read = {1, 1, 1}, .write = {1, 1, 1}, .heavy = {1, 1, 1}, .builtIn = false}},
        access::RateClassRemoved{"own"}};
    return access::encodeEvents(5, events);
}

Bytes usageEvents()
{
    std::vector<UsageEvent> events(2);
    events[0].source = events[1].source = "s";
    events[0].id = "1";
    events[1].id = "2";
    events[0].customer = events[1].customer = "anna";
    events[0].meter = events[1].meter = "queries";
    events[1].reverses = "1";
    events[1].dimensions = {{"region", "eu"}};
    Bytes body;
    CARMA_ASSERT(usage::encodeEvents(events, body) == events.size());
    return body;
}

audit::EntryBody auditEntry()
{
    audit::EntryBody body;
    body.action = "memory.add";
    body.object = "id";
    body.personal.actor = "me";
    return body;
}

Bytes invoice()
{
    Invoice made;
    made.state = InvoiceState::Final;
    made.number = 1;
    made.customer = "anna";
    made.currency = {.code = "EUR", .exponent = 2};
    made.period = {2026, 10};
    made.lines.resize(2);
    made.lines[0].key = "plan:p/charge/0";
    return billing::encodeItem(made);
}

/// Valid texts and bodies, in the order of examine's kinds.
const std::vector<Bytes>& goods()
{
    static const std::vector<Bytes> made{keyEvents(), usageEvents(), invoice(), anomaly::encodeItem(anomaly::Lift{"key:k", "test"}),
        anomaly::encodeItem(AnomalyPolicy{}),
        audit::encodeCompliance(audit::Erasure{.space = NamespaceId{}.plus(3), .done = false, .recordsPurged = 2, .also = {5, 6}}),
        audit::encodeEntry(auditEntry(), nullptr, Bytes(crypto::kNonceBytes)), toBytes(kPlan), toBytes(kUsageLine),
        toBytes("time,key,\"a \"\"b\"\"\",label\r\n1,k,2.5,0\n"), toBytes("carma_0123abcd_pi_0_perm_rw_meta_740916_quantum_0"),
        toBytes(R"({"carma":"statement","version":1,"statement":"{}","signature":"AA=="})")};
    return made;
}

/// What was decoded, encoded again, decodes to the same.
template <typename Decode, typename Encode> void stays(ByteView bytes, Decode decode, Encode encode)
{
    if (const auto first = decode(bytes); first.has_value()) {
        const Bytes once = encode(*first);
        const auto second = decode(ByteView(once));
        CARMA_ASSERT(second.has_value() && encode(*second) == once);
    }
}

/// The record twice in a log, in a book that closes at once: nobody checked what it says.
void rollUp(ByteView bytes)
{
    test::ManualClock clock;
    test::SeededRandom random(1);
    journal::MemoryJournal journal(clock, random);
    for (int i = 0; i < 2; ++i) {
        const journal::NewEntry entry{log::RecordType::Usage, {}, toBytes(asText(bytes))};
        CARMA_ASSERT(journal.append(std::span(&entry, 1)).has_value());
    }
    usage::UsageBook book({}, {.open = 0, .atOnce = 1});
    CARMA_ASSERT(book.follow(journal).has_value() && book.lost() == 0);
    for (const std::string& customer : book.customers()) {
        for (const std::string& meter : book.metersOf(customer)) {
            for (const Aggregate aggregate : {Aggregate::Sum, Aggregate::TimeWeighted, Aggregate::Unique}) {
                (void)book.quantity(journal, customer, {meter, aggregate, {}, "region"}, {0, kDayUs + 1, kDayUs}).has_value();
            }
        }
    }
}

void readUsage(ByteView bytes)
{
    std::vector<UsageEvent> events;
    const auto read = usage::decodeEvents(
        bytes, [&](std::uint32_t, const usage::EventView& view) { events.push_back(usage::toEvent(view)); });
    if (read.has_value()) {
        Bytes again;
        CARMA_ASSERT(!events.empty() && usage::encodeEvents(events, again) > 0);
        rollUp(bytes);
    }
}

void readCsv(ByteView bytes)
{
    std::size_t at = 0;
    const ReplayRead read = [&](std::span<char> into) -> Result<std::size_t> {
        const std::size_t count = std::min({into.size(), bytes.size() - at, std::size_t{7}});
        std::ranges::copy(asText(bytes.subspan(at, count)), into.begin());
        at += count;
        return count;
    };
    anomaly::CsvReader reader(read);
    for (;;) {
        const auto row = reader.next();
        if (!row.has_value() || !*row) {
            break;
        }
        CARMA_ASSERT(reader.fields().size() <= anomaly::CsvReader::kColumnsMax);
    }
    at = 0;
    (void)replayAnomalies(
        read, {}, [](const ReplayAlarm&) {}, Task{})
        .has_value();
}

void examine(std::size_t kind, ByteView bytes)
{
    switch (kind) {
    case 0:
        stays(bytes, access::decodeEvents,
            [](const access::DecodedEvents& decoded) { return access::encodeEvents(decoded.timeUs, decoded.events); });
        break;
    case 1: readUsage(bytes); break;
    case 2: stays(bytes, billing::decodeItem, billing::encodeItem); break;
    case 3:
    case 4: stays(bytes, anomaly::decodeItem, anomaly::encodeItem); break;
    case 5: stays(bytes, audit::decodeCompliance, audit::encodeCompliance); break;
    case 6: (void)audit::decodeEntry(bytes, nullptr).has_value(); break;
    case 7: (void)parsePlan(asText(bytes)).has_value(); break;
    case 8: (void)parseUsageLines(asText(bytes)).has_value(); break;
    case 9: readCsv(bytes); break;
    case 10: {
        (void)parseKey(asText(bytes)).has_value();
        KeyScanner scanner([](const KeyFinding&) {});
        scanner.add(bytes);
        scanner.finish();
        break;
    }
    default: (void)openSigned(asText(bytes), kKeyLog).has_value();
    }
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    static_cast<void>(goods());
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Input input(std::as_bytes(std::span(data, size)));
    const std::size_t kind = input.byte() % goods().size();
    if (input.byte() % 4 == 0) {
        examine(kind, input.rest());
        return 0;
    }
    Files files{goods()[kind]};
    fuzz::applyEdits(input, fuzz::Intent::Forge, files, {});
    examine(kind, files[0].value_or(Bytes()));
    return 0;
}
