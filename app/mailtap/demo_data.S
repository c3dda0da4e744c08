// SPDX-License-Identifier: BSD-3-Clause
	.section .rodata
	.global demo_capture
	.global demo_capture_end
	.balign 16
demo_capture:
	.incbin DEMO_CAPTURE
demo_capture_end:
	.byte 0
	.section .note.GNU-stack, "", %progbits
