// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/drill_pane.h"

#include "app/files.h"
#include "app/store_session.h"
#include "app/text.h"
#include "app/theme.h"
#include "frame/page.h"
#include "frame/widgets.h"
#include "pages/drill_map.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QListWidget>
#include <QSpinBox>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace carma::gui {

namespace {

constexpr int kFoldersMax = 48;
constexpr int kBitsMax = 10000000;
constexpr int kYearsMax = 1000;
constexpr std::size_t kListedMax = 1000;

QSpinBox* spin(const QString& name, int most, int value)
{
    auto* made = named(new QSpinBox, name);
    made->setRange(0, most);
    made->setValue(value);
    made->setGroupSeparatorShown(true);
    return made;
}

} // namespace

DrillPane::DrillPane(Shell& shell, QWidget* parent)
    : QWidget(parent), m_shell(shell), m_folders(spin(tr("Lost folders"), kFoldersMax, 2)), m_bits(spin(tr("Flipped bits"), kBitsMax, 100)),
      m_years(spin(tr("Years of age"), kYearsMax, 0)), m_catalog(new QCheckBox(tr("Damage the catalog"))), m_run(button(tr("Drill"))),
      m_save(button(tr("Save the report"))), m_stack(new QStackedWidget), m_empty(quiet({})), m_symbol(new QLabel),
      m_verdict(heading({}, 1)), m_figures(quiet({})), m_map(new DrillMapView),
      m_list(named(new QListWidget, tr("What was damaged and what came back")))
{
    m_empty->setAlignment(Qt::AlignCenter);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(buildReport());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, kGap, 0, 0);
    layout->setSpacing(kGap);
    layout->addWidget(buildOptions());
    layout->addWidget(m_stack, 1);
    connect(m_run, &QPushButton::clicked, this, &DrillPane::drill);
    connect(m_save, &QPushButton::clicked, this, [this] {
        chooseSaveFile(
            this, tr("Save the report"), "drill.html", [this](const QString& path) { save(path); }, tr("Web page (*.html)"));
    });
    clear();
}

QWidget* DrillPane::buildOptions()
{
    m_years->setToolTip(tr("Damage as disks meet it in so many years, from published failure rates."));
    m_run->setMinimumWidth(96);
    auto* widget = new QWidget;
    auto* row = new QHBoxLayout(widget);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    for (QSpinBox* each : {m_folders, m_bits, m_years}) {
        row->addWidget(new QLabel(each->accessibleName()));
        row->addWidget(each);
        row->addSpacing(8);
    }
    row->addWidget(m_catalog);
    row->addStretch();
    row->addWidget(m_save);
    row->addWidget(m_run);
    return widget;
}

QWidget* DrillPane::buildReport()
{
    auto* widget = new QWidget;
    auto* words = new QHBoxLayout;
    words->setSpacing(8);
    words->addWidget(m_symbol);
    words->addWidget(m_verdict);
    words->addWidget(m_figures, 1);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setWordWrap(true);
    m_list->setIconSize({16, 16});
    m_list->setSpacing(1);
    m_list->setSelectionMode(QAbstractItemView::NoSelection);
    auto* column = new QVBoxLayout(widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addLayout(words);
    column->addWidget(m_map);
    column->addWidget(m_list, 1);
    return widget;
}

void DrillPane::setRunning(bool running)
{
    m_run->setText(running ? tr("Stop") : tr("Drill"));
    m_run->setAccessibleName(m_run->text());
    for (QWidget* each : std::initializer_list<QWidget*>{m_folders, m_bits, m_years, m_catalog}) {
        each->setEnabled(!running);
    }
    if (running) {
        m_empty->setText(tr("A copy is being damaged, healed and compared with the store. The pane Jobs (Ctrl+J) shows how far it is."));
        m_stack->setCurrentIndex(0);
    }
}

void DrillPane::clear()
{
    m_report.reset();
    m_list->clear();
    m_map->setMaps({});
    m_save->setEnabled(false);
    setRunning(false);
    m_empty->setText(tr("A drill copies the store, damages the copy, heals it and compares every document byte for byte.\n"
                        "The store itself is only read, and the copy is removed at the end."));
    m_stack->setCurrentIndex(0);
}

void DrillPane::drill()
{
    if (const auto running = m_job.lock(); running && running->state() == JobState::Running) {
        running->cancel();
        return;
    }
    if (!m_shell.session().isOpen()) {
        m_shell.tell(tr("Open a store first."));
        return;
    }
    DrillOptions options;
    options.loseFolders = static_cast<unsigned>(m_folders->value());
    options.flipBits = static_cast<std::uint64_t>(m_bits->value());
    options.ageYears = m_years->value();
    options.corruptCatalog = m_catalog->isChecked();
    clear();
    m_job = m_shell.session().start(
        this, tr("Drill"),
        [path = bytesOf(m_shell.session().path()), options, credentials = std::make_shared<Credentials>(m_shell.session().credentials())](
            Store&, const Task& task) { return runDrill(path, *credentials, options, task); },
        [this](Result<DrillReport>& report) {
            setRunning(false);
            if (!report) {
                clear();
                if (report.error().code != ErrorCode::Cancelled) {
                    m_shell.tell(explain(report.error(), Intent::Work), [this] { drill(); });
                }
                return QString();
            }
            if (report->cancelled) {
                clear();
                return QString();
            }
            m_report = std::make_shared<DrillReport>(std::move(*report));
            show(*m_report);
            return m_verdict->text();
        });
    QStringList command{"drill", "--lose-folders", QString::number(options.loseFolders), "--flip-bits", QString::number(options.flipBits),
        "--age-years", QString::number(options.ageYears)};
    m_shell.session().tellCommand(m_job.lock(), options.corruptCatalog ? command + QStringList{"--corrupt-catalog"} : command);
    setRunning(true);
}

void DrillPane::show(const DrillReport& report)
{
    const bool good = report.passed();
    m_symbol->setPixmap(symbolIcon(good ? Symbol::Good : Symbol::Bad, good ? tones().good : tones().bad).pixmap(24, 24));
    m_verdict->setText(tr("%1 of %2 documents came back byte for byte").arg(number(report.same), number(report.documents)));
    m_figures->setText(
        tr("%1 faults, %2 healed, %3 not; healed in %4. Seed %5")
            .arg(number(report.heal.damage.faultsCount), number(report.heal.healed), number(report.heal.unhealed), seconds(report.healUs))
            .arg(report.seed));
    m_map->setMaps(report.maps);
    list(report);
    m_save->setEnabled(true);
    m_stack->setCurrentIndex(1);
}

void DrillPane::list(const DrillReport& report)
{
    m_list->clear();
    const auto add = [this](const std::vector<std::string>& lines, Symbol symbol, const QColor& colour) {
        for (const std::string& line : lines) {
            if (static_cast<std::size_t>(m_list->count()) < kListedMax) {
                m_list->addItem(new QListWidgetItem(symbolIcon(symbol, colour), oneLine(text(line), 300)));
            }
        }
    };
    add(report.lies, Symbol::Bad, tones().bad);
    add(report.different, Symbol::Bad, tones().bad);
    add(report.damage, Symbol::Warning, tones().warn);
    add(report.heal.notes, Symbol::Good, tones().good);
    if (!report.verified && !report.cancelled) {
        m_list->addItem(
            new QListWidgetItem(symbolIcon(Symbol::Bad, tones().bad), tr("The history of the copy could not be healed as a whole.")));
    }
    if (report.verified) {
        m_list->addItem(new QListWidgetItem(symbolIcon(Symbol::Good, tones().good), tr("The history of the healed copy holds.")));
    }
}

void DrillPane::save(const QString& path)
{
    if (!m_report) {
        return;
    }
    m_shell.session().ask(
        this, [path, report = m_report](Store&) { return writeFile(path, drillHtml(*report)); },
        [this, path](const Result<void>& written) {
            written ? m_shell.tell(tr("Written to %1").arg(path)) : m_shell.tell(explain(written.error(), Intent::Work));
        });
}

} // namespace carma::gui
