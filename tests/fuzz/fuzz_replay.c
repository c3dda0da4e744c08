// SPDX-License-Identifier: BSD-3-Clause

// Runs one fuzz target over every file of a folder, each against the end of its own allocation,
// so that a corpus is also an ordinary regression test.

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *folder, const char *name)
{
	char path[4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return 0;
	FILE *f = fopen(path, "rb");
	uint8_t *data = malloc(st.st_size > 0 ? (size_t)st.st_size : 1);
	if (f == NULL || data == NULL ||
		fread(data, 1, (size_t)st.st_size, f) != (size_t)st.st_size) {
		fprintf(stderr, "%s: cannot read\n", path);
		exit(1);
	}
	fclose(f);
	LLVMFuzzerTestOneInput(data, (size_t)st.st_size);
	free(data);
	return 1;
}

int main(int argc, char **argv)
{
	int runs = 0;

	for (int i = 1; i < argc; i++) {
		DIR *dir = opendir(argv[i]);
		struct dirent *entry;
		if (dir == NULL) {
			fprintf(stderr, "%s: no such folder\n", argv[i]);
			return 1;
		}
		while ((entry = readdir(dir)) != NULL)
			runs += run_file(argv[i], entry->d_name);
		closedir(dir);
	}
	printf("%d inputs\n", runs);
	return runs > 0 ? 0 : 1;
}
