// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/beacon_pane.h"

#include "app/store_session.h"
#include "app/text.h"
#include "app/theme.h"
#include "frame/widgets.h"
#include "pages/cycles_chart.h"

#include <carma/clock.h>

#include <QCheckBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QListWidget>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>
#include <mutex>

namespace carma::gui {

namespace {

constexpr int kPollMs = 300;
constexpr int kToldMax = 200;
constexpr std::int64_t kDayUs = 24LL * 3600 * 1000000;
constexpr std::uint64_t kMebibyte = 1U << 20U;

QSpinBox* spin(const QString& name, int least, int most, int value, const QString& unit)
{
    auto* box = named(new QSpinBox, name);
    box->setRange(least, most);
    box->setValue(value);
    box->setSuffix(unit);
    return box;
}

Symbol symbolOf(BeaconNews::Kind kind)
{
    using Kind = BeaconNews::Kind;
    return kind == Kind::Lost || kind == Kind::Trouble ? Symbol::Bad
        : kind == Kind::Damage || kind == Kind::Alert  ? Symbol::Warning
                                                       : Symbol::Good;
}

} // namespace

struct BeaconPane::News {
    std::mutex mutex; ///< guards the rest
    std::vector<BeaconNews> waiting;
    std::optional<BeaconState> state;
};

BeaconPane::BeaconPane(Shell& shell)
    : m_shell(shell), m_run(button({})), m_state(quiet({})), m_queue(quiet({})), m_told(named(new QListWidget, tr("What the beacon told"))),
      m_chart(new CyclesChart)
{
    m_told->setSelectionMode(QAbstractItemView::NoSelection);
    m_told->setWordWrap(true);
    m_run->setMinimumWidth(110);
    auto* top = new QHBoxLayout;
    top->setSpacing(kGap);
    top->addWidget(m_run);
    top->addWidget(m_state, 1);
    auto* right = new QVBoxLayout;
    right->setSpacing(6);
    right->addWidget(m_queue);
    right->addWidget(m_chart, 1);
    right->addWidget(m_told, 1);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(kMargin);
    columns->addWidget(buildBudget());
    columns->addLayout(right, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, kGap, 0, 0);
    layout->setSpacing(kGap);
    layout->addLayout(top);
    layout->addLayout(columns, 1);
    m_poll.setInterval(kPollMs);
    connect(&m_poll, &QTimer::timeout, this, &BeaconPane::poll);
    connect(m_run, &QPushButton::clicked, this, &BeaconPane::start);
    clear();
}

BeaconPane::~BeaconPane() = default;

QWidget* BeaconPane::buildBudget()
{
    const BeaconChoice kept = m_shell.settings().beacon;
    m_rate = spin(tr("Read at most"), 1, 4096, kept.mebibytesPerSecond, " " + tr("MiB a second"));
    m_share = spin(tr("Of the time at most"), 1, 100, kept.sharePercent, " %");
    m_from = spin(tr("From hour"), 0, 24, kept.fromHour, " h");
    m_to = spin(tr("To hour"), 0, 24, kept.toHour, " h");
    m_period = spin(tr("Each sector once in"), 1, 365, kept.periodDays, " " + tr("days"));
    m_stall = spin(tr("Pause while others wait for the disk more than"), 1, 100, kept.stallPercent, " %");
    m_heal = new QCheckBox(tr("Heal what is found"));
    m_heal->setChecked(kept.heal);
    m_once = new QCheckBox(tr("One round, as fast as the budget allows"));
    auto* hours = new QHBoxLayout;
    hours->addWidget(m_from);
    hours->addWidget(m_to);
    auto* widget = new QWidget;
    auto* form = new QFormLayout(widget);
    form->setContentsMargins(0, 0, 0, 0);
    form->setVerticalSpacing(8);
    form->addRow(tr("Read at most"), m_rate);
    form->addRow(tr("Of the time at most"), m_share);
    form->addRow(tr("Between the hours"), hours);
    form->addRow(tr("Each sector once in"), m_period);
    form->addRow(tr("Pause above a wait for the disk of"), m_stall);
    form->addRow(m_heal);
    form->addRow(m_once);
    for (QSpinBox* box : {m_rate, m_share, m_from, m_to, m_period, m_stall}) {
        connect(box, &QSpinBox::valueChanged, this, &BeaconPane::choose);
    }
    connect(m_heal, &QCheckBox::toggled, this, &BeaconPane::choose);
    return widget;
}

BeaconChoice BeaconPane::choice() const
{
    return {m_rate->value(), m_share->value(), m_from->value(), m_to->value(), m_period->value(), m_stall->value(), m_heal->isChecked()};
}

void BeaconPane::choose()
{
    m_shell.settings().beacon = choice();
    m_shell.settingsChanged();
    if (isRunning()) {
        m_shell.tell(tr("The new budget holds from the next start of the beacon."));
    }
}

bool BeaconPane::isRunning() const
{
    const auto job = m_job.lock();
    return job && job->state() == JobState::Running && !job->cancelRequested();
}

void BeaconPane::setRunning(bool running)
{
    m_run->setText(running ? tr("Pause") : tr("Start"));
    m_run->setAccessibleName(running ? tr("Pause the beacon") : tr("Start the beacon"));
    running ? m_poll.start() : m_poll.stop();
}

void BeaconPane::clear()
{
    m_told->clear();
    m_state->setText(tr("The beacon reads every sector again and again within the budget, and has repaired what it finds."));
    m_queue->clear();
    m_chart->setFaults({}, systemClock().wallTimeUs());
    setRunning(isRunning());
}

void BeaconPane::show(const BeaconState& state, const std::vector<RememberedFault>& faults)
{
    if (!isRunning()) {
        tellState(state);
    }
    const auto open = std::ranges::count_if(faults, [](const RememberedFault& one) { return one.fault.outcome == FaultOutcome::Found; });
    m_queue->setText(open == 0 ? tr("Nothing waits to be healed.") : tr("Waiting to be healed: %1").arg(open));
    m_chart->setFaults(faults, systemClock().wallTimeUs());
}

void BeaconPane::tellState(const BeaconState& state)
{
    if (state.roundBeganUs == 0) {
        m_state->setText(tr("The beacon has never run here."));
        return;
    }
    m_state->setText(tr("Whole rounds: %1, the last ended %2. This round: %3 read, %4 faults.")
                         .arg(number(state.rounds), dateTime(state.lastRoundUs), sizeText(state.roundBytes), number(state.roundFaults)));
}

void BeaconPane::start()
{
    if (isRunning()) {
        m_job.lock()->cancel();
        setRunning(false);
        return;
    }
    if (!m_shell.session().isOpen()) {
        m_shell.tell(tr("Open a store first."));
        return;
    }
    const BeaconChoice chosen = choice();
    BeaconOptions options;
    options.budget.bytesPerSecond = static_cast<std::uint64_t>(chosen.mebibytesPerSecond) * kMebibyte;
    options.budget.share = chosen.sharePercent / 100.0;
    options.budget.fromHour = static_cast<unsigned>(chosen.fromHour);
    options.budget.toHour = static_cast<unsigned>(chosen.toHour);
    options.budget.ioStallMax = chosen.stallPercent;
    options.periodUs = chosen.periodDays * kDayUs;
    options.heal = chosen.heal && !m_shell.session().readOnly();
    options.rounds = m_once->isChecked() ? 1 : 0;
    m_news = std::make_shared<News>();
    m_job = m_shell.session().start(
        this, tr("Beacon"),
        [options, news = m_news](Store& store, const Task& task) -> Result<std::uint64_t> {
            const auto host = makeBeaconHost(store);
            const auto world = systemBeaconWorld();
            std::uint64_t rounds = 0;
            const auto hear = [&](const BeaconNews& told) {
                rounds = told.state.rounds;
                task.report({"watching", told.unitsDone, told.unitsTotal, "parts", {}});
                const std::scoped_lock lock(news->mutex);
                news->state = told.state;
                if (told.kind != BeaconNews::Kind::Step && news->waiting.size() < kToldMax) {
                    news->waiting.push_back(told);
                }
            };
            CARMA_TRY(runBeacon(*host, *world, options, hear, task.stop));
            return rounds;
        },
        [this](const Result<std::uint64_t>& rounds) {
            poll();
            setRunning(false);
            if (!rounds) {
                m_shell.tell(explain(rounds.error(), Intent::Work), [this] { start(); });
                return QString();
            }
            return tr("%1 whole rounds").arg(number(*rounds));
        },
        true);
    QStringList command{"beacon", "run", "--rate", QString("%1M").arg(chosen.mebibytesPerSecond), "--share",
        QString::number(chosen.sharePercent), "--hours", QString("%1-%2").arg(chosen.fromHour).arg(chosen.toHour), "--period",
        QString("%1d").arg(chosen.periodDays), "--stall", QString::number(chosen.stallPercent)};
    command += chosen.heal ? QStringList() : QStringList{"--no-heal"};
    command += options.rounds > 0 ? QStringList{"--rounds", "1"} : QStringList();
    m_shell.session().tellCommand(m_job.lock(), command);
    setRunning(true);
}

void BeaconPane::poll()
{
    if (!m_news) {
        return;
    }
    std::vector<BeaconNews> told;
    std::optional<BeaconState> state;
    {
        const std::scoped_lock lock(m_news->mutex);
        told = std::exchange(m_news->waiting, {});
        state = std::exchange(m_news->state, std::nullopt);
    }
    if (state) {
        tellState(*state);
    }
    for (const BeaconNews& each : told) {
        const Symbol symbol = symbolOf(each.kind);
        const QColor colour = symbol == Symbol::Bad ? tones().bad : symbol == Symbol::Warning ? tones().warn : tones().good;
        m_told->insertItem(0, new QListWidgetItem(symbolIcon(symbol, colour), oneLine(text(each.text), 300)));
    }
    while (m_told->count() > kToldMax) {
        delete m_told->takeItem(m_told->count() - 1);
    }
}

} // namespace carma::gui
