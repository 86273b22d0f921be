// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/history_pane.h"

#include "app/revise.h"
#include "app/store_session.h"
#include "app/text.h"
#include "frame/widgets.h"
#include "pages/tables.h"

#include <carma/clock.h>

#include <QHBoxLayout>
#include <QSlider>
#include <QVBoxLayout>

#include <algorithm>

namespace carma::gui {

namespace {

constexpr int kSteps = 1000; ///< of the slider, over the time of the document

QString tagsText(const DocumentSummary& document)
{
    QStringList tags;
    for (const std::string& tag : document.tags) {
        tags.append(text(tag));
    }
    return oneLine(tags.join(", "), 200);
}

} // namespace

VersionsModel* makeVersionsModel(QObject* parent)
{
    std::vector<RowsColumn<DocumentSummary>> columns{
        {HistoryPane::tr("Kept"), [](const DocumentSummary& each) { return dateTime(each.createdUs); }},
        {HistoryPane::tr("Version"),
            [](const DocumentSummary& each) { return each.current ? HistoryPane::tr("current") : HistoryPane::tr("replaced"); }},
        {HistoryPane::tr("Size"), [](const DocumentSummary& each) { return sizeText(each.bytes); }, true},
        {HistoryPane::tr("Tags"), tagsText},
    };
    return new VersionsModel(
        std::move(columns), [](const DocumentSummary& each) { return toString(each.id); }, parent);
}

HistoryPane::HistoryPane(Shell& shell)
    : m_shell(shell), m_model(makeVersionsModel(this)), m_table(tableView(m_model, tr("Versions"), {124, 76, 70})),
      m_slider(named(new QSlider(Qt::Horizontal), tr("As of"))), m_when(quiet({})), m_restore(button(tr("Make this version current")))
{
    m_slider->setRange(0, kSteps);
    m_slider->setPageStep(kSteps / 10);
    m_when->setWordWrap(false);
    m_restore->setToolTip(tr("Keeps its text and tags once more, as the newest version. Nothing is lost."));
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    line->addWidget(new QLabel(tr("As of")));
    line->addWidget(m_slider, 1);
    line->addWidget(m_when);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->setSpacing(8);
    layout->addLayout(line);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_restore, 0, Qt::AlignLeft);
    connect(m_slider, &QSlider::valueChanged, this, &HistoryPane::moved);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &HistoryPane::chosen);
    connect(m_restore, &QPushButton::clicked, this, [this] {
        const DocumentSummary* version = m_model->row(chosenRow(m_table));
        if (version != nullptr && m_model->rowCount() > 0) {
            emit restoreWanted(m_model->rows().back(), *version);
        }
    });
    clear();
}

HistoryPane::~HistoryPane()
{
    if (m_wanted) {
        *m_wanted = false;
    }
}

void HistoryPane::show(const DocumentSummary& document)
{
    if (m_wanted) {
        *m_wanted = false;
    }
    m_wanted = std::make_shared<std::atomic<bool>>(true);
    m_shell.session().ask(
        this, [id = document.id](Store& store) { return versionsOf(store, id); },
        [this, wanted = m_wanted](Result<std::vector<DocumentSummary>>& versions) {
            if (wanted->load() && versions) {
                showVersions(std::move(*versions));
            }
        });
}

void HistoryPane::clear()
{
    if (m_wanted) {
        *m_wanted = false;
    }
    m_model->setRows({});
    m_when->clear();
    m_restore->setEnabled(false);
    m_slider->setEnabled(false);
}

void HistoryPane::showVersions(std::vector<DocumentSummary> versions)
{
    m_filling = true;
    m_model->setRows(std::move(versions));
    m_slider->setValue(kSteps);
    m_slider->setEnabled(m_model->rowCount() > 1);
    if (m_model->rowCount() > 0) {
        m_table->selectRow(m_model->rowCount() - 1);
    }
    m_filling = false;
    m_when->setText(m_model->rowCount() == 0 ? QString() : tr("now"));
    m_restore->setEnabled(false);
}

void HistoryPane::moved(int position)
{
    if (m_filling || m_model->rowCount() == 0) {
        return;
    }
    const std::int64_t first = m_model->rows().front().createdUs;
    const std::int64_t last = std::max(systemClock().wallTimeUs(), first);
    const std::int64_t at = position == kSteps ? last : first + (last - first) / kSteps * position;
    const DocumentSummary* version = versionAt(m_model->rows(), at);
    m_when->setText(position == kSteps ? tr("now") : dateTime(at));
    if (version != nullptr) {
        m_sliding = true; // the slider stays where it was put
        m_table->selectRow(m_model->find(toString(version->id)));
        m_sliding = false;
    }
}

void HistoryPane::chosen()
{
    const DocumentSummary* version = m_model->row(chosenRow(m_table));
    m_restore->setEnabled(version != nullptr && !version->current && !m_shell.session().readOnly());
    if (version == nullptr || m_filling) {
        return;
    }
    if (!m_sliding) { // chosen in the table: the slider goes to where the version begins
        const QSignalBlocker blocker(m_slider);
        const std::int64_t first = m_model->rows().front().createdUs;
        const std::int64_t span = std::max<std::int64_t>(systemClock().wallTimeUs() - first, 1);
        m_slider->setValue(version->current ? kSteps : static_cast<int>((version->createdUs - first) * kSteps / span));
        m_when->setText(version->current ? tr("now") : dateTime(version->createdUs));
    }
    emit versionWanted(*version);
}

} // namespace carma::gui
