// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/forget_dialog.h"

#include "app/text.h"
#include "frame/widgets.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

namespace carma::gui {

namespace {
constexpr std::size_t kNamedMax = 1000;
}

ForgetDialog::ForgetDialog(
    const std::vector<DocumentSummary>& documents, const std::vector<DocumentSummary>& otherVersions, QWidget* parent)
    : QDialog(parent), m_typed(named(new QLineEdit, tr("Confirmation"))),
      m_now(new QCheckBox(tr("Purge the encrypted bytes from every file of the store now"))), m_versions(new QCheckBox)
{
    setWindowTitle(tr("Forget"));
    resize(560, 440);
    std::uint64_t bytes = 0;
    std::uint64_t passages = 0;
    auto* list = named(new QListWidget, tr("What will be forgotten"));
    list->setSelectionMode(QAbstractItemView::NoSelection);
    for (const DocumentSummary& document : documents) {
        m_ids.push_back(document.id);
        bytes += document.bytes;
        passages += document.passages;
        if (m_ids.size() <= kNamedMax) {
            list->addItem(oneLine(text(document.path.empty() ? document.title : document.path), 200));
        }
    }
    auto* extent = new QLabel(
        tr("Documents: %1. Passages: %2. Original bytes: %3.").arg(number(documents.size()), number(passages), sizeText(bytes)));
    for (const DocumentSummary& version : otherVersions) {
        m_otherIds.push_back(version.id);
    }
    m_versions->setText(
        tr("Forget their other %1 versions as well; else the newest of them is current again").arg(number(m_otherIds.size())));
    m_versions->setAccessibleName(m_versions->text());
    m_versions->setChecked(true);
    m_versions->setVisible(!m_otherIds.empty());
    auto* forget = button(tr("Forget for good"));
    auto* cancel = button(tr("Cancel"));
    forget->setEnabled(false);
    m_typed->setPlaceholderText(word());
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(forget);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addWidget(heading(tr("This cannot be undone"), 3));
    layout->addWidget(extent);
    layout->addWidget(list, 1);
    layout->addWidget(quiet(tr("Neither heal nor the recovery code brings it back.")));
    layout->addWidget(m_versions);
    layout->addWidget(m_now);
    layout->addWidget(new QLabel(tr("Type \"%1\" to confirm:").arg(word())));
    layout->addWidget(m_typed);
    layout->addLayout(buttons);
    connect(m_typed, &QLineEdit::textChanged, this, [forget](const QString& typed) { forget->setEnabled(typed == word()); });
    connect(forget, &QPushButton::clicked, this, &QDialog::accept);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    m_typed->setFocus();
}

QString ForgetDialog::word() { return tr("forget"); }

std::vector<FragmentId> ForgetDialog::ids() const
{
    std::vector<FragmentId> all = m_ids;
    if (m_versions->isChecked()) {
        all.insert(all.end(), m_otherIds.begin(), m_otherIds.end());
    }
    return all;
}

bool ForgetDialog::now() const { return m_now->isChecked(); }

} // namespace carma::gui
