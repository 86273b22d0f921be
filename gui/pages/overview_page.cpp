// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/overview_page.h"

#include "app/store_session.h"
#include "app/text.h"
#include "app/theme.h"
#include "frame/widgets.h"
#include "pages/figure_card.h"

#include <carma/beacon.h>
#include <carma/clock.h>
#include <carma/store.h>

#include <QGridLayout>
#include <QScrollArea>
#include <QVBoxLayout>

#include <utility>

namespace carma::gui {

namespace {

using Mood = FigureCard::Mood;
constexpr std::size_t kFaultsMax = 10000;
constexpr int kColumns = 3;

} // namespace

struct OverviewPage::Answer {
    StatusReport status;
    std::vector<RememberedFault> faults;
    std::vector<FolderAlert> alerts;
    BeaconState beacon;
    std::optional<std::uint64_t> passagesToday, questionsToday; ///< none where nothing is metered

    [[nodiscard]] std::uint64_t open() const
    {
        return static_cast<std::uint64_t>(
            std::ranges::count_if(faults, [](const RememberedFault& one) { return one.fault.outcome != FaultOutcome::Healed; }));
    }
};

/// What was put in and asked since midnight (UTC), by all customers.
Result<void> OverviewPage::addRates(Store& store, Answer& answer)
{
    CARMA_TRY_ASSIGN(const bool metered, store.billing().metering());
    if (!metered) {
        return {};
    }
    constexpr std::int64_t kDayUs = 24LL * 3600 * 1000000;
    UsageFilter today;
    today.fromUs = systemClock().wallTimeUs() / kDayUs * kDayUs;
    CARMA_TRY_ASSIGN(const std::vector<UsageRollup> sums, store.billing().rollUps(today, RollupStep::Day));
    answer.passagesToday = answer.questionsToday = 0;
    for (const UsageRollup& each : sums) {
        if (each.meter == "fragments" || each.meter == "queries") {
            *(each.meter == "fragments" ? answer.passagesToday : answer.questionsToday) += static_cast<std::uint64_t>(
                std::max(0.0, text(toString(each.sum)).toDouble()));
        }
    }
    return {};
}

OverviewPage::OverviewPage(Shell& shell)
    : m_shell(shell), m_symbol(new QLabel), m_verdict(heading(tr("Looking at the store"), 6)), m_reason(quiet({})),
      m_documents(new FigureCard(tr("Documents"))), m_fragments(new FigureCard(tr("Fragments"))),
      m_placeholders(new FigureCard(tr("Placeholders"))), m_redundancy(new FigureCard(tr("Redundancy"))),
      m_faults(new FigureCard(tr("Faults"))), m_room(new FigureCard(tr("Room taken"))), m_warnings(new QVBoxLayout), m_facts(new QLabel)
{
    auto* verdictWords = new QVBoxLayout;
    verdictWords->setSpacing(2);
    verdictWords->addWidget(m_verdict);
    verdictWords->addWidget(m_reason);
    auto* verdict = new QHBoxLayout;
    verdict->setSpacing(kGap);
    verdict->addWidget(m_symbol, 0, Qt::AlignTop);
    verdict->addLayout(verdictWords, 1);
    auto* grid = new QGridLayout;
    grid->setSpacing(kGap);
    int at = 0;
    for (FigureCard* each : {m_documents, m_fragments, m_placeholders, m_redundancy, m_faults, m_room}) {
        grid->addWidget(each, at / kColumns, at % kColumns);
        ++at;
    }
    m_facts->setTextFormat(Qt::RichText);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    QFrame* facts = card();
    layoutOf(facts)->addWidget(heading(tr("This store"), 1));
    layoutOf(facts)->addWidget(m_facts);
    auto* inner = new QWidget;
    auto* column = new QVBoxLayout(inner);
    column->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    column->setSpacing(kGap);
    column->addLayout(verdict);
    column->addLayout(m_warnings);
    column->addLayout(grid);
    column->addWidget(facts);
    column->addStretch();
    auto* scroll = named(new QScrollArea, tr("Overview"));
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(inner);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll);
    connect(m_documents, &QAbstractButton::clicked, this, [this] { m_shell.goTo("memory"); });
    connect(m_fragments, &QAbstractButton::clicked, this, [this] { m_shell.goTo("memory"); });
    connect(m_placeholders, &QAbstractButton::clicked, this, [this] { m_shell.goTo("healing", "lost"); });
    connect(m_redundancy, &QAbstractButton::clicked, this, [this] { m_shell.goTo("healing", "map"); });
    connect(m_faults, &QAbstractButton::clicked, this, [this] { m_shell.goTo("healing", "faults"); });
    connect(m_room, &QAbstractButton::clicked, this, [this] { m_shell.goTo("healing", "map"); });
}

void OverviewPage::refresh()
{
    m_shell.session().askStatus(this, [this](const Result<StatusReport>& status) {
        status ? askFaults(*status) : m_shell.tell(explain(status.error(), Intent::Work), [this] { refresh(); });
    });
}

void OverviewPage::askFaults(const StatusReport& status)
{
    m_shell.session().ask(
        this,
        [status](Store& store) -> Result<Answer> {
            Answer answer;
            answer.status = status;
            CARMA_TRY_ASSIGN(answer.faults, store.health().rememberedFaults(kFaultsMax));
            CARMA_TRY_ASSIGN(answer.alerts, store.health().alerts());
            CARMA_TRY_ASSIGN(answer.beacon, makeBeaconHost(store)->load());
            CARMA_TRY(addRates(store, answer));
            return answer;
        },
        [this](const Result<Answer>& answer) {
            if (answer) {
                show(*answer);
                askEmbedder(); // afterwards: the first time it is opened, which takes a while
            } else {
                m_shell.tell(explain(answer.error(), Intent::Work), [this] { refresh(); });
            }
        });
}

void OverviewPage::askEmbedder()
{
    if (std::exchange(m_askingEmbedder, true)) {
        return;
    }
    m_shell.session().ask(
        this, [](Store& store) { return store.embedders().show(); },
        [this](const Result<EmbedderState>& state) {
            m_askingEmbedder = false;
            const QString wordsOnly = !state ? QString() : text(state->problem);
            if (std::exchange(m_wordsOnly, wordsOnly) != wordsOnly) {
                refresh();
            }
        });
}

QStringList OverviewPage::command() const { return {"status"}; }

void OverviewPage::reset()
{
    m_askingEmbedder = false;
    m_wordsOnly.clear();
    m_verdict->setText(tr("Looking at the store"));
    m_reason->clear();
    m_symbol->clear();
    m_facts->clear();
    for (FigureCard* each : {m_documents, m_fragments, m_placeholders, m_redundancy, m_faults, m_room}) {
        each->setFigure(QString(QChar(0x2013)), {});
    }
}

void OverviewPage::show(const Answer& answer)
{
    const StatusReport& status = answer.status;
    const unsigned folders = status.dataShards + status.parityShards;
    const unsigned missing = folders - std::min(folders, status.foldersPresent);
    const unsigned spare = status.parityShards - std::min(status.parityShards, missing);
    m_documents->setFigure(number(status.documents), tr("Namespaces: %1").arg(number(status.namespaces)));
    m_fragments->setFigure(number(status.fragments), tr("%1 of text").arg(sizeText(status.textBytes)));
    m_placeholders->setFigure(number(status.placeholders),
        status.placeholders == 0 ? tr("every fragment can be read") : tr("fragments that cannot be read"),
        status.placeholders == 0 ? Mood::Good : Mood::Bad);
    m_redundancy->setFigure(tr("%1 of %2 folders").arg(status.foldersPresent).arg(folders), tr("%1 more may be lost").arg(spare),
        missing == 0    ? Mood::Good
            : spare > 0 ? Mood::Warn
                        : Mood::Bad);
    m_faults->setFigure(number(answer.open()), tr("Healed so far: %1").arg(number(answer.faults.size() - answer.open())),
        answer.open() == 0 ? Mood::Good : Mood::Warn);
    m_room->setFigure(sizeText(status.storeBytes), tr("Sealed segments: %1").arg(number(status.sealedSegments)));
    showVerdict(answer);
    showFacts(answer);
}

void OverviewPage::showVerdict(const Answer& answer)
{
    const StatusReport& status = answer.status;
    const bool lost = status.placeholders > 0;
    const bool sound = !lost && answer.open() == 0 && status.foldersPresent == status.dataShards + status.parityShards;
    m_verdict->setText(lost ? tr("Some memory cannot be read") : sound ? tr("The store is sound") : tr("The store needs a look"));
    m_reason->setText(lost ? tr("The page Healing names what is lost.")
            : sound ? tr("All that was looked at is exact. Remarks: %1.").arg(status.warnings.size() + (m_wordsOnly.isEmpty() ? 0 : 1))
                    : tr("Everything can be read. Redundancy should be restored."));
    const Symbol symbol = lost ? Symbol::Bad : sound ? Symbol::Good : Symbol::Warning;
    m_symbol->setPixmap(symbolIcon(symbol, lost ? tones().bad : sound ? tones().good : tones().warn).pixmap(40, 40));
    while (QLayoutItem* item = m_warnings->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    QStringList lines;
    for (const std::string& warning : status.warnings) {
        lines.append(text(warning));
    }
    for (const FolderAlert& alert : answer.alerts) {
        lines.append(text(alert.folder + ": " + alert.reason + ". " + alert.advice));
    }
    for (const QString& line : lines) {
        addWarning(line, tr("Open Healing"), "healing");
    }
    if (!m_wordsOnly.isEmpty()) {
        addWarning(tr("Questions go by words only: %1").arg(m_wordsOnly), tr("Open Settings"), "settings");
    }
}

void OverviewPage::addWarning(const QString& line, const QString& words, const QString& page)
{
    auto* row = card();
    auto* label = new QLabel(line);
    label->setWordWrap(true);
    auto* go = button(words);
    auto* both = new QHBoxLayout;
    auto* mark = new QLabel;
    mark->setPixmap(symbolIcon(Symbol::Warning, tones().warn).pixmap(20, 20));
    both->setSpacing(kGap);
    both->addWidget(mark);
    both->addWidget(label, 1);
    both->addWidget(go);
    layoutOf(row)->addLayout(both);
    m_warnings->addWidget(row);
    connect(go, &QPushButton::clicked, this, [this, page] { m_shell.goTo(page); });
}

void OverviewPage::showFacts(const Answer& answer)
{
    const StatusReport& status = answer.status;
    const QString rates = !answer.passagesToday
        ? tr("not metered")
        : tr("%1 passages put in, %2 questions asked").arg(number(*answer.passagesToday), number(*answer.questionsToday));
    QStringList ways;
    for (const std::string& slot : status.keySlots) {
        ways.append(text(slot));
    }
    const QString dash(QChar(0x2013));
    const std::pair<QString, QString> rows[] = {
        {tr("Folder"), text(status.path)},
        {tr("Made"), dateTime(status.createdUs)},
        {tr("Opens with"), ways.join(", ")},
        {tr("Shards"), tr("%1 data, %2 parity").arg(status.dataShards).arg(status.parityShards)},
        {tr("Failure domains"), status.failureDomains == 0 ? dash : number(status.failureDomains)},
        {tr("Records"), tr("%1 in the log, %2 not sealed yet").arg(number(status.records), sizeText(status.tailBytes))},
        {tr("Forgotten"), number(status.forgotten)},
        {tr("Embedder"), text(status.embedder)},
        {tr("Today (UTC)"), rates},
        {tr("Last scrub"), answer.beacon.rounds == 0 ? tr("the beacon has not ended a round") : dateTime(answer.beacon.lastRoundUs)},
        {tr("Waiting to be healed"), number(answer.open())},
        {tr("Last heal"), status.lastHeal.empty() ? tr("never") : text(status.lastHeal)},
    };
    QString html = "<table cellspacing=0 cellpadding=3>";
    for (const auto& [label, value] : rows) {
        html += QString("<tr><td style='color:%1; padding-right:24px'>%2</td><td>%3</td></tr>")
                    .arg(tones().quiet.name(), label.toHtmlEscaped(), value.toHtmlEscaped());
    }
    m_facts->setText(html + "</table>");
}

} // namespace carma::gui
