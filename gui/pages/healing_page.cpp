// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/healing_page.h"

#include "app/store_session.h"
#include "app/text.h"
#include "frame/widgets.h"
#include "pages/beacon_pane.h"
#include "pages/drill_pane.h"
#include "pages/faults_model.h"
#include "pages/hypotheses_pane.h"
#include "pages/sector_map.h"
#include "pages/tables.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QScrollArea>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>

namespace carma::gui {

namespace {

constexpr std::size_t kFaultsMax = 10000;
constexpr int kMapHeight = 190; ///< six shard folders
enum Tab : int { Faults, Lost, Guesses, Drill, Beacon };

/// Keeps the distance that all pages have between tabs and what is below them.
QWidget* belowTabs(QWidget* inner)
{
    auto* widget = new QWidget;
    auto* layout = new QVBoxLayout(widget);
    layout->setContentsMargins(0, kGap, 0, 0);
    layout->addWidget(inner);
    return widget;
}

} // namespace

struct HealingPage::Answer {
    std::vector<RememberedFault> faults;
    std::vector<ShardFolder> folders;
    std::string lastHeal;
    BeaconState beacon;
};

HealingPage::HealingPage(Shell& shell)
    : m_shell(shell), m_map(new SectorMap), m_faults(new FaultsModel(this)), m_lost(new LostModel(this)), m_line(quiet({})),
      m_scale(quiet({}))
{
    auto* scrubButton = button(tr("Scrub"));
    auto* healButton = button(tr("Heal"));
    auto* verifyButton = button(tr("Verify"));
    scrubButton->setToolTip(tr("Read every sector and compare it with its check. Changes nothing."));
    healButton->setToolTip(tr("Repair everything that redundancy allows."));
    verifyButton->setToolTip(tr("Decrypt every record and prove the whole history."));
    auto* top = new QHBoxLayout;
    top->setSpacing(8);
    top->addWidget(heading(tr("Healing")));
    top->addStretch();
    for (QPushButton* each : {scrubButton, healButton, verifyButton}) {
        each->setMinimumSize(96, 32);
        top->addWidget(each);
    }
    auto* split = new QSplitter(Qt::Vertical);
    split->setChildrenCollapsible(false);
    split->addWidget(buildMap());
    split->addWidget(buildLists());
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 2);
    split->setHandleWidth(kGap);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addLayout(top);
    layout->addWidget(m_line);
    layout->addWidget(split, 1);
    connect(scrubButton, &QPushButton::clicked, this, &HealingPage::scrub);
    connect(healButton, &QPushButton::clicked, this, &HealingPage::heal);
    connect(verifyButton, &QPushButton::clicked, this, &HealingPage::verify);
    connect(m_map, &SectorMap::placeChosen, this, [this](const QString& file) {
        if (const int row = m_faults->firstOf(file); row >= 0) {
            m_tabs->setCurrentIndex(Faults);
            m_faultsTable->selectRow(row);
        }
    });
    shell.addCommand(tr("Scrub"), QKeySequence("Ctrl+Shift+S"), [this] { scrub(); });
    shell.addCommand(tr("Heal"), QKeySequence("Ctrl+Shift+H"), [this] { heal(); });
    shell.addCommand(tr("Verify"), QKeySequence("Ctrl+Shift+V"), [this] { verify(); });
    shell.addCommand(tr("Drill on a copy"), QKeySequence("Ctrl+Shift+L"), [this] {
        m_shell.goTo("healing", "drill");
        m_drill->drill();
    });
    shell.addCommand(tr("Start or pause the beacon"), QKeySequence("Ctrl+Alt+B"), [this] {
        m_shell.goTo("healing", "beacon");
        m_beacon->start();
    });
    shell.addCommand(tr("Look for hypotheses"), QKeySequence("Ctrl+Shift+Y"), [this] {
        m_shell.goTo("healing", "hypotheses");
        m_guesses->look();
    });
    shell.addCommand(tr("Keep the chosen hypothesis"), QKeySequence("Ctrl+Alt+K"), [this] { m_guesses->accept(); });
    shell.addCommand(tr("Reject the chosen hypothesis"), QKeySequence("Ctrl+Alt+R"), [this] { m_guesses->reject(); });
}

QWidget* HealingPage::legend()
{
    auto* widget = new QWidget;
    auto* row = new QHBoxLayout(widget);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    for (const SectorMap::Cell state :
        {SectorMap::Cell::Sound, SectorMap::Cell::Healed, SectorMap::Cell::Found, SectorMap::Cell::Missing, SectorMap::Cell::Lost}) {
        class Swatch final : public QWidget {
        public:
            explicit Swatch(SectorMap::Cell shown) : m_shown(shown) { setFixedSize(14, 14); }

        private:
            void paintEvent(QPaintEvent* /*event*/) override
            {
                QPainter painter(this);
                SectorMap::paintCell(painter, rect(), m_shown);
            }
            SectorMap::Cell m_shown;
        };
        row->addWidget(new Swatch(state));
        row->addWidget(new QLabel(SectorMap::nameOf(state)));
        row->addSpacing(kGap);
    }
    row->addStretch();
    m_scale->setWordWrap(false);
    row->addWidget(m_scale);
    return widget;
}

QWidget* HealingPage::buildMap()
{
    QFrame* frame = card();
    auto* scroll = named(new QScrollArea, tr("Map of sectors"));
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(m_map);
    scroll->setMinimumHeight(kMapHeight);
    scroll->viewport()->setBackgroundRole(QPalette::Base);
    m_map->setBackgroundRole(QPalette::Base);
    m_map->setAutoFillBackground(true);
    layoutOf(frame)->setSpacing(kGap);
    layoutOf(frame)->addWidget(scroll, 1);
    layoutOf(frame)->addWidget(legend());
    return frame;
}

QWidget* HealingPage::buildLists()
{
    m_faultsTable = tableView(m_faults, tr("Faults"), {110, 120, 380, 80, 60, 140});
    auto* lost = tableView(m_lost, tr("Lost"), {280, 320});
    m_guesses = new HypothesesPane(m_shell);
    m_drill = new DrillPane(m_shell);
    m_beacon = new BeaconPane(m_shell);
    m_tabs = named(new QTabWidget, tr("Damage"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(belowTabs(m_faultsTable), tr("Faults"));
    m_tabs->addTab(belowTabs(lost), tr("Lost"));
    m_tabs->addTab(m_guesses, tr("Hypotheses"));
    m_tabs->addTab(m_drill, tr("Drill"));
    m_tabs->addTab(m_beacon, tr("Beacon"));
    return m_tabs;
}

void HealingPage::refresh()
{
    m_shell.session().askStatus(this, [this](const Result<StatusReport>& status) {
        status ? askDamage(*status) : m_shell.tell(explain(status.error(), Intent::Work), [this] { refresh(); });
    });
}

void HealingPage::askDamage(const StatusReport& status)
{
    const QString path = m_shell.session().path();
    m_shell.session().ask(
        this,
        [path, status](Store& store) -> Result<Answer> {
            Answer answer;
            CARMA_TRY_ASSIGN(answer.faults, store.health().rememberedFaults(kFaultsMax));
            answer.folders = shardFoldersOf(path, status.dataShards + status.parityShards);
            answer.lastHeal = status.lastHeal;
            CARMA_TRY_ASSIGN(answer.beacon, makeBeaconHost(store)->load());
            return answer;
        },
        [this](Result<Answer>& answer) {
            if (!answer) {
                m_shell.tell(explain(answer.error(), Intent::Work), [this] { refresh(); });
                return;
            }
            m_map->setFolders(std::move(answer->folders));
            m_map->setFaults(answer->faults);
            const std::uint64_t sectors = m_map->sectorsPerCell();
            m_scale->setText(sectors == 1 ? tr("A cell is one sector of 4 KiB") : tr("A cell is %1 sectors of 4 KiB").arg(number(sectors)));
            m_tabs->setTabText(Faults, answer->faults.empty() ? tr("Faults") : tr("Faults (%1)").arg(number(answer->faults.size())));
            m_beacon->show(answer->beacon, answer->faults);
            m_faults->setFaults(std::move(answer->faults));
            if (m_line->text().isEmpty()) {
                m_line->setText(answer->lastHeal.empty() ? tr("No heal has run yet.") : tr("Last heal: %1").arg(text(answer->lastHeal)));
            }
        });
}

void HealingPage::open(const QString& detail)
{
    if (detail == "faults") {
        m_tabs->setCurrentIndex(Faults);
        m_faultsTable->setFocus();
    } else if (detail == "lost") {
        m_tabs->setCurrentIndex(Lost);
    } else if (detail == "hypotheses") {
        m_tabs->setCurrentIndex(Guesses);
    } else if (detail == "drill") {
        m_tabs->setCurrentIndex(Drill);
    } else if (detail == "beacon") {
        m_tabs->setCurrentIndex(Beacon);
    } else if (detail == "heal") {
        heal();
    } else {
        m_map->setFocus();
    }
}

QStringList HealingPage::command() const
{
    static const QStringList kCommands[] = {{"faults"}, {"verify"}, {"hypotheses"}, {"drill"}, {"beacon", "status"}};
    return kCommands[std::clamp(m_tabs->currentIndex(), 0, 4)];
}

void HealingPage::reset()
{
    m_map->setFolders({});
    m_map->setFaults({});
    m_faults->setFaults({});
    m_lost->setItems({});
    m_guesses->clear();
    m_drill->clear();
    m_beacon->clear();
    m_line->clear();
}

void HealingPage::showReport(const DamageReport& report, const QString& line)
{
    m_lost->setItems(report.lost);
    m_tabs->setTabText(Lost, report.lost.empty() ? tr("Lost") : tr("Lost (%1)").arg(number(report.lost.size())));
    m_line->setText(line);
    refresh();
}

void HealingPage::scrub()
{
    const auto job = m_shell.session().start(
        this, tr("Scrub"),
        [](Store& store, const Task& task) {
            auto report = store.health().scrub(task);
            if (report) {
                (void)store.health().rememberFaults(report->faults).has_value(); // a reader cannot, and need not
            }
            return report;
        },
        [this](const Result<DamageReport>& report) {
            if (!report) {
                m_shell.tell(explain(report.error(), Intent::Work), [this] { scrub(); });
                return QString();
            }
            QString line = tr("Scrub: %1 sectors read, %2 faults, %3 flipped bits")
                               .arg(number(report->sectorsChecked), number(report->faultsCount), number(report->flippedBits));
            showReport(*report, line);
            return line;
        });
    m_shell.session().tellCommand(job, {"scrub"});
}

void HealingPage::heal()
{
    if (m_shell.session().readOnly()) {
        m_shell.tell(tr("The store is open for reading only; open it for writing to heal."));
        return;
    }
    const auto job = m_shell.session().start(
        this, tr("Heal"), [](Store& store, const Task& task) { return store.health().heal(task); },
        [this](const Result<HealReport>& report) {
            if (!report) {
                m_shell.tell(explain(report.error(), Intent::Work), [this] { heal(); });
                return QString();
            }
            QString line = tr("Heal: %1 healed, %2 not healed, %3 written")
                               .arg(number(report->healed), number(report->unhealed), sizeText(report->bytesWritten));
            showReport(report->damage, line);
            return line;
        });
    m_shell.session().tellCommand(job, {"heal"});
}

void HealingPage::verify()
{
    const auto job = m_shell.session().start(
        this, tr("Verify"), [](Store& store, const Task& task) { return store.health().verify(task); },
        [this](const Result<VerifyReport>& report) {
            if (!report) {
                m_shell.tell(explain(report.error(), Intent::Work), [this] { verify(); });
                return QString();
            }
            QString line = report->intact()
                ? tr("Verify: %1 records, all exact and proven").arg(number(report->records))
                : tr("Verify: %1 faults, %2 lost records, %3 places of history that do not prove")
                      .arg(number(report->damage.faultsCount), number(report->damage.lostRecords), number(report->problems.size()));
            showReport(report->damage, line);
            return line;
        });
    m_shell.session().tellCommand(job, {"verify"});
}

} // namespace carma::gui
