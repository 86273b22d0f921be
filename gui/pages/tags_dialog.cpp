// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/tags_dialog.h"

#include "app/revise.h"
#include "app/text.h"
#include "frame/widgets.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <map>

namespace carma::gui {

namespace {

bool has(const DocumentSummary& document, const std::string& tag) { return std::ranges::find(document.tags, tag) != document.tags.end(); }

} // namespace

TagsDialog::TagsDialog(std::vector<DocumentSummary> documents, QWidget* parent)
    : QDialog(parent), m_documents(std::move(documents)), m_list(named(new QListWidget, tr("Tags"))),
      m_typed(named(new QLineEdit, tr("New tags")))
{
    setWindowTitle(tr("Tags"));
    resize(460, 420);
    std::map<std::string, std::size_t> counts;
    for (const DocumentSummary& document : m_documents) {
        for (const std::string& tag : document.tags) {
            ++counts[tag];
        }
    }
    for (const auto& counted : counts) {
        auto* item = new QListWidgetItem(text(counted.first), m_list);
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(counted.second == m_documents.size() ? Qt::Checked : Qt::PartiallyChecked);
    }
    m_typed->setPlaceholderText(tr("New tags, between commas"));
    auto* more = button(tr("Add"));
    auto* keep = button(tr("Keep"));
    auto* cancel = button(tr("Cancel"));
    auto* typing = new QHBoxLayout;
    typing->setSpacing(8);
    typing->addWidget(m_typed, 1);
    typing->addWidget(more);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(keep);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addWidget(heading(m_documents.size() == 1
            ? oneLine(text(m_documents.front().title.empty() ? m_documents.front().path : m_documents.front().title), 60)
            : tr("%1 documents").arg(number(m_documents.size())),
        3));
    layout->addWidget(quiet(tr("Each document whose tags change gets a new version; the one before stays in its history.")));
    layout->addLayout(typing);
    layout->addWidget(m_list, 1);
    layout->addLayout(buttons);
    connect(more, &QPushButton::clicked, this, [this] { add(m_typed->text()); });
    connect(m_typed, &QLineEdit::returnPressed, this, [this] { add(m_typed->text()); });
    connect(keep, &QPushButton::clicked, this, [this] {
        add(m_typed->text());
        accept();
    });
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    m_typed->setFocus();
}

void TagsDialog::add(const QString& typed)
{
    for (const std::string& tag : tagsIn(bytesOf(typed))) {
        const QList<QListWidgetItem*> known = m_list->findItems(text(tag), Qt::MatchFixedString | Qt::MatchCaseSensitive);
        QListWidgetItem* item = known.isEmpty() ? new QListWidgetItem(text(tag), m_list) : known.first();
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(Qt::Checked);
    }
    m_typed->clear();
}

std::vector<std::pair<DocumentSummary, std::vector<std::string>>> TagsDialog::changes() const
{
    std::vector<std::pair<DocumentSummary, std::vector<std::string>>> changed;
    for (const DocumentSummary& document : m_documents) {
        std::vector<std::string> tags;
        for (int row = 0; row < m_list->count(); ++row) {
            const std::string tag = bytesOf(m_list->item(row)->text());
            const Qt::CheckState state = m_list->item(row)->checkState();
            if (state == Qt::Checked || (state == Qt::PartiallyChecked && has(document, tag))) {
                tags.push_back(tag);
            }
        }
        const bool same = tags.size() == document.tags.size() &&
            std::ranges::all_of(tags, [&document](const std::string& tag) { return has(document, tag); });
        if (!same) {
            changed.emplace_back(document, std::move(tags));
        }
    }
    return changed;
}

} // namespace carma::gui
